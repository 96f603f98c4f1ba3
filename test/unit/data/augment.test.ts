import assert from 'node:assert/strict';
import { drawTransform } from '../../../src/data/augment';
import { BatchIterator } from '../../../src/data/batches';
import { Random } from '../../../src/random';
import { numberedSet } from './helpers';

const none = { crop: 0, flip: false, cutout: 0 };

/** Copies of one 4×4 image 1 … 16, augmented each in its own way. */
function augmentedCopies(augmentation: typeof none, seed: number, copies: number): number[][] {
  const set = numberedSet(new Array<number>(copies).fill(0), 4);
  set.images.forEach((_, i) => (set.images[i] = (i % 16) + 1));
  const batches = new BatchIterator({
    set,
    indices: Int32Array.from(set.labels.keys()),
    batchSize: copies,
    normalization: { mean: [0], std: [1 / 255] },
    augmentation,
    random: Random.fromSeed(seed),
  });
  const values = [...batches.next().images].map(Math.round);
  return Array.from({ length: copies }, (_, i) => values.slice(16 * i, 16 * (i + 1)));
}

function augmented(augmentation: typeof none, seed: number): number[] {
  return augmentedCopies(augmentation, seed, 1)[0]!;
}

function draws(augmentation: typeof none, count = 300) {
  const random = Random.fromSeed(1);
  return Array.from({ length: count }, () => drawTransform(augmentation, 28, 28, random));
}

const image = Array.from({ length: 16 }, (_, i) => i + 1);

describe('augmentation', () => {
  it('changes nothing and draws nothing when it is off', () => {
    assert.deepEqual(augmented(none, 1), image);
    const random = Random.fromSeed(1);
    const before = random.state();
    drawTransform(none, 28, 28, random);
    assert.deepEqual(random.state(), before);
  });

  it('is repeatable from its seed', () => {
    const all = { crop: 2, flip: true, cutout: 2 };
    assert.deepEqual(augmented(all, 3), augmented(all, 3));
    const results = augmentedCopies(all, 1, 10).map((copy) => copy.join());
    assert.ok(new Set(results).size > 5);
  });

  it('crops out of a margin of black pixels, to both sides equally', () => {
    const shifts = draws({ ...none, crop: 4 });
    for (const axis of ['shiftY', 'shiftX'] as const) {
      const seen = new Set(shifts.map((transform) => transform[axis]));
      assert.deepEqual(
        [...seen].sort((a, b) => a - b),
        [-4, -3, -2, -1, 0, 1, 2, 3, 4],
      );
    }
    for (let seed = 0; seed < 20; seed++) {
      const shifted = augmented({ ...none, crop: 1 }, seed);
      const { shiftY, shiftX } = drawTransform({ ...none, crop: 1 }, 4, 4, afterShuffle(seed));
      const wanted = image.map((_, i) => {
        const [y, x] = [Math.floor(i / 4) + shiftY, (i % 4) + shiftX];
        return y < 0 || y > 3 || x < 0 || x > 3 ? 0 : image[4 * y + x]!;
      });
      assert.deepEqual(shifted, wanted);
    }
  });

  it('mirrors about half of the images', () => {
    const flipped = draws({ ...none, flip: true }).filter(({ flip }) => flip).length;
    assert.ok(flipped > 120 && flipped < 180, String(flipped));
    const mirrored = [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9, 16, 15, 14, 13];
    const results = augmentedCopies({ ...none, flip: true }, 1, 20).map((copy) => copy.join());
    assert.deepEqual(new Set(results), new Set([image.join(), mirrored.join()]));
  });

  it('cuts out a square around any pixel, clipped at the border, and sets it to the mean', () => {
    const cuts = draws({ ...none, cutout: 8 }).map(({ cut }) => cut);
    assert.ok(cuts.some(({ top, bottom, left, right }) => bottom - top === 8 && right - left === 8));
    assert.ok(cuts.some(({ top, bottom }) => bottom - top === 4));
    assert.ok(
      cuts.every(({ top, bottom, left, right }) => top >= 0 && left >= 0 && bottom <= 28 && right <= 28),
    );
    for (let seed = 0; seed < 20; seed++) {
      const { cut } = drawTransform({ ...none, cutout: 2 }, 4, 4, afterShuffle(seed));
      const wanted = image.map((value, i) => {
        const [y, x] = [Math.floor(i / 4), i % 4];
        return y >= cut.top && y < cut.bottom && x >= cut.left && x < cut.right ? 0 : value;
      });
      assert.deepEqual(augmented({ ...none, cutout: 2 }, seed), wanted);
    }
  });
});

/** The generator of an iterator over one image once it has shuffled its first epoch. */
function afterShuffle(seed: number): Random {
  const random = Random.fromSeed(seed);
  random.shuffle(Int32Array.of(0));
  return random;
}
