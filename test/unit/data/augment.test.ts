import assert from 'node:assert/strict';
import { imageBytes } from '../../../src/data/dataSet';
import { describeAugmentation, drawTransform, type Augmentation } from '../../../src/data/augment';
import { BatchIterator } from '../../../src/data/batches';
import { Random } from '../../../src/random';
import { noAugmentation as none, numberedSet } from './helpers';

/** Copies of one 4×4 image 1 … 16, augmented each in its own way. */
function augmentedCopies(augmentation: Augmentation, seed: number, copies: number): number[][] {
  const set = numberedSet(new Array<number>(copies).fill(0), 4);
  imageBytes(set).forEach((_, i) => (imageBytes(set)[i] = (i % 16) + 1));
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

function augmented(augmentation: Augmentation, seed: number): number[] {
  return augmentedCopies(augmentation, seed, 1)[0]!;
}

function draws(augmentation: Augmentation, count = 300) {
  const random = Random.fromSeed(1);
  return Array.from({ length: count }, () => drawTransform(augmentation, 28, 28, random));
}

const image = Array.from({ length: 16 }, (_, i) => i + 1);

describe('augmentation', () => {
  it('is said in words, and nothing is where nothing happens', () => {
    assert.deepEqual(describeAugmentation(none), []);
    const some = {
      ...none,
      crop: 2,
      flip: true,
      rotate: 15,
      brightness: 0.2,
      auto: 'light',
      cutout: 8,
    } as const;
    assert.deepEqual(describeAugmentation(some), [
      'moved by up to 2 pixels',
      'mirrored',
      'turned by up to 15°',
      'brightness changed by up to 20 %',
      'light RandAugment',
      'a square of 8 × 8 set to the mean',
    ]);
  });

  it('changes nothing and draws nothing when it is off', () => {
    assert.deepEqual(augmented(none, 1), image);
    const random = Random.fromSeed(1);
    const before = random.state();
    drawTransform(none, 28, 28, random);
    assert.deepEqual(random.state(), before);
  });

  it('is repeatable from its seed', () => {
    const all: Augmentation = {
      ...{ crop: 2, flip: true, cutout: 2, rotate: 20, scale: 0.2, brightness: 0.3, contrast: 0.3 },
      auto: 'strong',
    };
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

  it('draws angles, scales and factors over all of their ranges, and both ends alike', () => {
    const all = draws({ ...none, rotate: 30, scale: 0.5, brightness: 0.4, contrast: 0.2 }, 2000);
    const factors = (kind: string): number[] =>
      all.map(({ operations }) => {
        const operation = operations.find((each) => each.kind === kind)!;
        if (operation.kind !== 'affine') return 'factor' in operation ? operation.factor : NaN;
        const [a, b] = operation.from;
        return kind === 'affine' ? 1 / Math.hypot(a, b) : NaN;
      });
    for (const [kind, low, high] of [
      ['brightness', 0.6, 1.4],
      ['contrast', 0.8, 1.2],
      ['affine', 1 / 1.5, 1.5],
    ] as const) {
      const values = factors(kind);
      assert.ok(values.every((value) => value >= low - 1e-9 && value <= high + 1e-9));
      const margin = (high - low) / 50;
      assert.ok(Math.min(...values) < low + margin && Math.max(...values) > high - margin, kind);
      const enlarged = values.filter((value) => value > 1).length;
      assert.ok(enlarged > 900 && enlarged < 1100, `${kind}: ${enlarged}`);
    }
    const angles = all.map(({ operations: [first] }) => {
      assert.ok(first?.kind === 'affine');
      return (Math.atan2(first.from[3], first.from[0]) * 180) / Math.PI;
    });
    assert.ok(angles.every((angle) => Math.abs(angle) <= 30 + 1e-9));
    assert.ok(Math.min(...angles) < -29 && Math.max(...angles) > 29);
  });

  it('does one operation of RandAugment or none lightly, up to two strongly, each of the fourteen about as often', () => {
    const count = 2800;
    for (const [auto, most] of [
      ['light', 1],
      ['strong', 2],
    ] as const) {
      const all = draws({ ...none, auto }, count).map(({ operations }) => operations);
      assert.equal(Math.max(...all.map((operations) => operations.length)), most);
      const kinds = new Map<string, number>();
      for (const { kind } of all.flat()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const expected = (count * most) / 14;
      // Shears, shifts and turns are five of them.
      for (const [kind, seen] of kinds)
        assert.ok(Math.abs(seen / expected - (kind === 'affine' ? 5 : 1)) < 0.6, `${kind}: ${seen}`);
      assert.equal(kinds.size, 9);
    }
  });

  it('changes bytes before images are moved, mirrored and normalized', () => {
    const brighter = augmentedCopies({ ...none, brightness: 1, flip: true }, 2, 30);
    const random = afterShuffle(2, 30);
    for (const copy of brighter) {
      const { operations, flip } = drawTransform({ ...none, brightness: 1, flip: true }, 4, 4, random);
      assert.ok(operations[0]?.kind === 'brightness');
      const { factor } = operations[0];
      const wanted = image.map((_, i) => {
        const value = image[flip ? 4 * Math.floor(i / 4) + 3 - (i % 4) : i]!;
        return Math.trunc(Math.fround(Math.fround(factor) * value));
      });
      assert.deepEqual(copy, wanted);
    }
  });
});

/** The generator of an iterator over images once it has shuffled its first epoch. */
function afterShuffle(seed: number, images = 1): Random {
  const random = Random.fromSeed(seed);
  random.shuffle(new Int32Array(images));
  return random;
}
