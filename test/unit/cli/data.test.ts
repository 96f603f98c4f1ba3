/** `nas data` on images of a person's own, some of which stand in both parts. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Census } from '../../../src/data/census';
import { encodeIdx } from '../../../src/data/idx';
import { useCommandLine } from '../../support/commandLine';
import { writeOwnImages } from '../../support/ownImages';

describe('nas data', () => {
  const shell = useCommandLine();

  /** A config of 12 × 28 images, the first four of which are to train and to test. */
  function project(): string {
    const data = writeOwnImages(shell.folder, { height: 12, width: 28, train: 60, test: 20 });
    const planted = Uint8Array.from({ length: 20 * 12 * 28 }, (_, i) => Math.floor(i / (12 * 28)));
    for (const [name, count] of [
      ['trainImages', 60],
      ['testImages', 20],
    ] as const) {
      const values = new Uint8Array(count * 12 * 28);
      values.set(planted.subarray(0, 4 * 12 * 28));
      // All others differ from each other and from those of the other part.
      for (let i = 4; i < count; i++)
        values.fill(name === 'trainImages' ? i : 100 + i, i * 336, (i + 1) * 336);
      writeFileSync(join(shell.folder, data.files[name]), encodeIdx({ dimensions: [count, 12, 28], values }));
    }
    writeFileSync(join(shell.folder, 'own.nas.json'), JSON.stringify({ preset: 'laptop', data }));
    return 'own.nas.json';
  }

  it('counts images by class and split, finds those that stand in two, and says which defaults gave way', async () => {
    const { code, out, err } = await shell.nas(['data', project(), '--json']);
    assert.equal(code, 0, err);
    const values = JSON.parse(out.join('\n')) as Omit<Census, 'duplicates'> & {
      duplicates: Census['copies'];
      height: number;
      width: number;
      notices: string[];
    };
    assert.deepEqual([values.height, values.width], [12, 28]);
    assert.deepEqual(values.counts, { train: 28, validation: 28, test: 20 });
    assert.deepEqual(
      values.classes.map(({ name, train, validation, test }) => [name, train, validation, test]),
      [
        ['0', 9, 9, 7],
        ['1', 10, 9, 7],
        ['2', 9, 10, 6],
      ],
    );
    assert.deepEqual(values.duplicates, {
      ...{ groups: 4, images: 8, equal: 8, leftOut: 4 },
      ...{ validationInTrain: 0, testInOthers: 0, otherClass: 0 },
    });
    assert.ok(values.notices.some((notice) => notice.includes('data.imageSize is left out')));
  });

  it('says the same in words, with a picture of the mean', async () => {
    const text = (await shell.nas(['data', project()])).out.join('\n');
    assert.match(text, /idx: images of 12 × 28 × 1, 3 classes/);
    assert.match(text, /^1 +10 \(35\.7 %\) +9 \(32\.1 %\) +7 \(35\.0 %\)$/m);
    assert.match(
      text,
      /^8 images are copies of others, in 4 groups: all are equal to another to the byte\.$/m,
    );
    assert.match(text, /^4 training images are left out, since they are copies of ones that test/m);
    assert.match(text, /Mean of the images to train on, where black is \d+ of 255 and white \d+:/);
  });
});
