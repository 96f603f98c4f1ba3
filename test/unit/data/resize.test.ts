import assert from 'node:assert/strict';
import { shrinkImages, shrunkShape } from '../../../src/data/resize';
import { numberedSet } from './helpers';

describe('shrinkImages', () => {
  it('averages the pixels that a new one covers', () => {
    const set = numberedSet([0, 1], 4);
    set.images.forEach((_, i) => (set.images[i] = 10 * (i % 16)));
    const half = shrinkImages(set, 2);
    assert.deepEqual([half.height, half.width, half.count], [2, 2, 2]);
    // Mean of 0, 10, 40, 50 is 25, and so on.
    assert.deepEqual([...half.images], [25, 45, 105, 125, 25, 45, 105, 125]);
  });

  it('weighs pixels that are covered in part', () => {
    const set = numberedSet([0], 3);
    set.images.set([0, 90, 180, 0, 90, 180, 0, 90, 180]);
    assert.deepEqual([...shrinkImages(set, 2).images], [30, 150, 30, 150]);
  });

  it('keeps channels apart, means as they are, and an unchanged size untouched', () => {
    const set = numberedSet([0], 28, 3);
    set.images.forEach((_, i) => (set.images[i] = 40 * (i % 3) + 10));
    assert.deepEqual([...shrinkImages(set, 9).images.subarray(0, 6)], [10, 50, 90, 10, 50, 90]);
    assert.equal(shrinkImages(set, 28), set);
  });

  it('does not enlarge', () => {
    assert.throws(() => shrinkImages(numberedSet([0], 4), 5), {
      message: /4 × 4 pixels have no side that could be shrunk to 5/,
    });
  });

  it('keeps the aspect', () => {
    assert.deepEqual(shrunkShape({ height: 12, width: 28 }, 6), { height: 6, width: 14 });
    assert.deepEqual(shrunkShape({ height: 100, width: 33 }, 32), { height: 97, width: 32 });
    assert.deepEqual(shrunkShape({ height: 12, width: 28 }), { height: 12, width: 28 });
    // Two rows of four pixels: the mean of a square of four, each.
    const wide = {
      ...numberedSet([0], 2),
      width: 4,
      images: Uint8Array.of(0, 10, 100, 110, 20, 30, 120, 130),
    };
    const { height, width, images } = shrinkImages(wide, 1);
    assert.deepEqual([height, width, [...images]], [1, 2, [15, 115]]);
  });
});
