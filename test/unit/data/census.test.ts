import assert from 'node:assert/strict';
import { takeCensus } from '../../../src/data/census';
import type { ImageSet } from '../../../src/data/dataSet';
import { HeldImages } from '../../../src/data/images';

/** Images of one row and two pixels. */
function setOf(pixels: readonly (readonly [number, number])[], labels: readonly number[]): ImageSet {
  return {
    images: new HeldImages(Uint8Array.from(pixels.flat()), 2),
    labels: Uint16Array.from(labels),
    ...{ count: labels.length, height: 1, width: 2, channels: 1 },
    ...{ classes: 2, classNames: ['cat', 'dog'] },
  };
}

const train = setOf(
  [
    [0, 10],
    [20, 40],
    [0, 10],
    [1, 1],
    [9, 9],
  ],
  [0, 0, 1, 1, 1],
);
const test = setOf(
  [
    [1, 1],
    [20, 40],
    [7, 7],
  ],
  [1, 0, 0],
);
const splits = {
  train: Int32Array.of(1, 0),
  validation: Int32Array.of(2, 3),
  test: Int32Array.of(0, 1, 2),
  // Left out, since [9, 9] were a copy of [7, 7].
  copies: Int32Array.of(4),
};
const groups = { train: Int32Array.of(0, 1, 0, 2, 3), test: Int32Array.of(2, 1, 3), count: 4 };

describe('census of a data set', () => {
  const census = takeCensus({ train, test }, splits, groups);

  it('counts the images of the splits by class, and leaves out those of no split', () => {
    assert.deepEqual(census.counts, { train: 2, validation: 2, test: 3 });
    assert.deepEqual(census.classes, [
      { name: 'cat', train: 2, validation: 0, test: 2 },
      { name: 'dog', train: 0, validation: 2, test: 1 },
    ]);
  });

  it('counts copies in two splits, of two classes, equal to the byte, and those that are left out', () => {
    // [0, 10] is a cat to train on and a dog to validate on; [1, 1] and [20, 40] are tested on, too; [9, 9] is a dog, [7, 7] a cat.
    assert.deepEqual(census.copies, {
      ...{ groups: 4, images: 8, equal: 6, leftOut: 1 },
      ...{ validationInTrain: 1, testInOthers: 2, otherClass: 4 },
    });
    assert.deepEqual(census.duplicates[3], {
      isEqual: false,
      images: [
        { split: 'test', index: 2 },
        { split: 'leftOut', index: 4 },
      ],
    });
  });

  it('takes the mean of the images to train on alone', () => {
    assert.deepEqual(census.mean, [[[10], [25]]]);
  });
});
