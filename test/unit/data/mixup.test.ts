import assert from 'node:assert/strict';
import { BatchIterator } from '../../../src/data/batches';
import { drawBeta } from '../../../src/data/mixup';
import { Random } from '../../../src/random';
import { regularizedBeta } from '../../../src/distributions';
import { numberedSet } from './helpers';

/** Images 0 … 11, every pixel of which is the position, of three classes. */
const set = numberedSet([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);

function batches(mixup: number, classWeights?: Float32Array): BatchIterator {
  return new BatchIterator({
    set,
    indices: Int32Array.from(set.labels.keys()),
    batchSize: 12,
    normalization: { mean: [0], std: [1 / 255] },
    classWeights,
    mixup,
    random: Random.fromSeed(4, 'mixup'),
  });
}

describe('mixup', () => {
  it('draws shares of the distribution Beta(α, α)', () => {
    for (const alpha of [0.001, 0.2, 1]) {
      const random = Random.fromSeed(11, `beta ${alpha}`);
      const drawn = Array.from({ length: 4000 }, () => drawBeta(alpha, random)).sort((a, b) => a - b);
      assert.ok(drawn[0]! >= 0 && drawn.at(-1)! <= 1);
      // The largest distance of the two distribution functions (Kolmogorov) passes 1.95/√n once in a thousand times.
      const distance = Math.max(
        ...[0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999].map((x) => {
          const below = drawn.filter((value) => value <= x).length / drawn.length;
          return Math.abs(below - regularizedBeta(x, alpha, alpha));
        }),
      );
      assert.ok(distance < 1.95 / Math.sqrt(drawn.length), `α ${alpha}: ${distance}`);
    }
  });

  it('mixes each image with one other of the batch, and their classes in the same share', () => {
    const iterator = batches(1);
    const plain = batches(0);
    const images = plain.next();
    assert.equal(images.partners, undefined);
    const mixed = iterator.next();
    const share = mixed.partners!.shares[0]!;
    assert.ok(share >= 0.5 && share <= 1);
    assert.deepEqual([...mixed.labels], [...images.labels]);
    assert.equal(mixed.lossWeights, undefined);
    const partners = Array.from(mixed.labels, (_, i) => {
      const pixels = mixed.images.subarray(4 * i, 4 * i + 4);
      assert.ok(pixels.every((pixel) => pixel === pixels[0]));
      const other = (pixels[0]! - share * images.images[4 * i]!) / (1 - share);
      assert.ok(Math.abs(other - Math.round(other)) < 1e-3, String(other));
      return Math.round(other);
    });
    // Each of them lends itself once.
    assert.deepEqual(
      partners.toSorted((a, b) => a - b),
      [...set.labels.keys()],
    );
    assert.deepEqual(
      [...mixed.partners!.labels],
      partners.map((position) => set.labels[position]),
    );
    assert.deepEqual([...new Set(mixed.partners!.shares)], [share]);
  });

  it('counts each of the two classes by its weight', () => {
    const weights = Float32Array.of(0.5, 1, 4);
    const { labels, partners, lossWeights } = batches(0.5, weights).next();
    const { shares } = batches(0.5).next().partners!;
    labels.forEach((label, i) => {
      const [own, other] = [shares[i]! * weights[label]!, (1 - shares[i]!) * weights[partners!.labels[i]!]!];
      assert.ok(Math.abs(lossWeights![i]! - (own + other)) < 1e-6);
      assert.ok(Math.abs(lossWeights![i]! * partners!.shares[i]! - own) < 1e-6);
    });
  });

  it('goes on identically from a saved state', () => {
    const [first, second] = [batches(0.3), batches(0.9)];
    first.next();
    const state = first.state();
    second.restore(state);
    assert.deepEqual(second.state(), state);
    const again = batches(0.3);
    again.restore(state);
    for (let i = 0; i < 3; i++) assert.deepEqual(again.next(), first.next());
  });
});
