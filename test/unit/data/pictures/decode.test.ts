import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decodePictures } from '../../../../src/data/pictures/decoder';
import { readHeader } from '../../../../src/data/pictures/header';
import type { DecodeAnswer } from '../../../../src/data/pictures/messages';

const folder = path.join(__dirname, '../../../fixtures/pictures');

/** What Pillow and NumPy say that a person sees in each file. */
const { pictures } = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as {
  pictures: Record<string, { shape: [number, number, number]; within: number; pixels: string }>;
};
const names = Object.keys(pictures);

describe('decoded pictures', () => {
  const answers = new Map<string, DecodeAnswer>();

  before(async () => {
    const files = names.map((name) => path.join(folder, name));
    await decodePictures({
      ...{ files, fitting: {}, threads: 2 },
      onAnswer: (index, answer) => void answers.set(names[index]!, answer),
    });
  });

  it('are all there are', () => {
    const made = readdirSync(folder).filter((name) => !/\.(py|json)$/.test(name));
    assert.deepEqual(names.toSorted(), made.toSorted());
    assert.equal(answers.size, names.length);
  });

  for (const name of names) {
    it(`are what a person sees: ${name}`, () => {
      const { shape, within, pixels } = pictures[name]!;
      const [height, width, channels] = shape;
      const answer = answers.get(name)!;
      assert.equal(answer.kind, 'picture', JSON.stringify(answer));
      if (answer.kind !== 'picture') return;
      assert.deepEqual(answer.shape, { height, width, channels });
      const theirs = Uint8Array.from(Buffer.from(pixels, 'base64'));
      assert.equal(answer.pixels.length, theirs.length);
      const most = answer.pixels.reduce(
        (worst, value, i) => Math.max(worst, Math.abs(value - theirs[i]!)),
        0,
      );
      assert.ok(most <= within, `off by ${most}`);
      const header = readHeader(path.join(folder, name));
      assert.deepEqual([header.height, header.width, header.isGrey], [height, width, channels === 1]);
    });
  }
});
