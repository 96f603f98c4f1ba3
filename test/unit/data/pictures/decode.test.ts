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
  /** Why bytes are no picture. */
  async function reasonOf(bytes: Uint8Array): Promise<string | undefined> {
    let reason: string | undefined;
    await decodePictures({
      ...{ files: ['changed'], fitting: {}, threads: 1, bytesOf: () => Promise.resolve(bytes) },
      onAnswer: (_, answer) => (reason = answer.kind === 'broken' ? answer.reason : undefined),
    });
    return reason;
  }
  const soundBytes = (name: string) => Uint8Array.from(readFileSync(path.join(folder, name)));

  const answers = new Map<string, DecodeAnswer>();

  before(async () => {
    const files = names.map((name) => path.join(folder, name));
    await decodePictures({
      ...{ files, fitting: {}, threads: 2 },
      onAnswer: (index, answer) => void answers.set(names[index]!, answer),
    });
  });

  it('are none where a TIFF is cut short, whose rest libvips takes for black', async () => {
    // The pixels, 14 × 10, lie at the end.
    const sound = soundBytes('grey.tif');
    assert.equal(await reasonOf(sound.slice()), undefined);
    assert.match((await reasonOf(sound.slice(0, -60)))!, /the decoder says: .*[Rr]ead error/);
  });

  it('are none where the frame of a GIF goes beyond the picture, which libvips would enlarge to hold it', async () => {
    const sound = soundBytes('palette.gif');
    // The image descriptor: a comma, left, top, width and height.
    const at = sound.indexOf(0x2c, 6 + 7 + 3 * 2 ** ((sound[10]! & 7) + 1));
    assert.deepEqual([...sound.subarray(at, at + 9)], [0x2c, 0, 0, 0, 0, ...sound.subarray(6, 10)]);
    sound[at + 6] = 0xff;
    assert.match((await reasonOf(sound))!, /frames are larger than the picture/);
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
