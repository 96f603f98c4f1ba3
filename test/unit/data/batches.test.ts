import assert from 'node:assert/strict';
import { imageBytes } from '../../../src/data/dataSet';
import { BatchIterator, evaluationBatches } from '../../../src/data/batches';
import { measureNormalization } from '../../../src/data/normalization';
import { Random } from '../../../src/random';
import { noAugmentation, numberedSet } from './helpers';

const set = numberedSet(Array.from({ length: 23 }, (_, i) => i % 3));
const indices = Int32Array.from({ length: 20 }, (_, i) => i + 3);
/** Leaves 0 … 255 as they are. */
const normalization = { mean: [0], std: [1 / 255] };
const augmentation = { ...noAugmentation, crop: 1, flip: true, cutout: 1, rotate: 10 };

function iterator(
  seed = 1,
  more: Partial<ConstructorParameters<typeof BatchIterator>[0]> = {},
): BatchIterator {
  return new BatchIterator({
    set,
    indices,
    batchSize: 6,
    normalization,
    random: Random.fromSeed(seed),
    ...more,
  });
}

/** Positions of the images in a batch of `numberedSet`. */
function membersOf({ images, shape }: { images: Float32Array; shape: readonly number[] }): number[] {
  return Array.from({ length: shape[0]! }, (_, i) => Math.round(images[4 * i]!));
}

describe('training batches', () => {
  it('visit every image at most once an epoch, in another order each time', () => {
    const batches = iterator();
    assert.equal(batches.batchesPerEpoch, 3);
    const epochs = Array.from({ length: 4 }, () => {
      const epoch = Array.from({ length: 3 }, () => batches.next());
      assert.deepEqual(
        epoch.map((batch) => batch.epochEnd),
        [false, false, true],
      );
      const members = epoch.flatMap(membersOf);
      assert.equal(members.length, 18);
      assert.equal(new Set(members).size, 18);
      assert.ok(members.every((member) => indices.includes(member)));
      return members.join();
    });
    assert.equal(new Set(epochs).size, 4);
  });

  it('carry the labels and the shape of their images', () => {
    const batch = iterator().next();
    assert.deepEqual(batch.shape, [6, 2, 2, 1]);
    assert.deepEqual(
      [...batch.labels],
      membersOf(batch).map((member) => member % 3),
    );
  });

  it('go on identically from a saved state, through JSON, at any step', () => {
    for (const steps of [0, 1, 3, 5, 6]) {
      const original = iterator(2, { augmentation });
      for (let i = 0; i < steps; i++) original.next();
      const saved: unknown = JSON.parse(JSON.stringify(original.state()));
      const resumed = iterator(77, { augmentation });
      resumed.restore(saved);
      for (let i = 0; i < 7; i++) assert.deepEqual(resumed.next(), original.next());
      assert.deepEqual(resumed.state(), original.state());
    }
  });

  it('refuse a state that is not theirs', () => {
    const { random, ...rest } = iterator().state();
    for (const broken of [undefined, rest, { ...rest, random, position: 4 }, { ...rest, random: 'x' }]) {
      assert.throws(() => iterator().restore(broken), { code: 'checkpoint-damaged' });
    }
  });

  it('depend on the seed alone', () => {
    const first = (seed: number) => iterator(seed, { augmentation }).next().images;
    assert.deepEqual(first(4), first(4));
    assert.notDeepEqual(first(4), first(5));
  });

  it('cannot be larger than the split', () => {
    assert.throws(() => iterator(1, { batchSize: 21 }), { message: /batch of 21 images .* split of 20/ });
  });
});

describe('evaluation batches', () => {
  it('keep labels beyond 255', () => {
    const many = numberedSet([0, 255, 256, 299]);
    const all = Int32Array.of(3, 2, 1, 0);
    const [batch] = evaluationBatches({ set: many, indices: all, batchSize: 4, normalization });
    assert.deepEqual([...batch!.labels], [299, 256, 255, 0]);
  });

  it('visit every image once in order, the last batch being smaller', () => {
    const batches = [...evaluationBatches({ set, indices, batchSize: 8, normalization })];
    assert.deepEqual(
      batches.map(({ shape, epochEnd }) => [shape[0], epochEnd]),
      [
        [8, false],
        [8, false],
        [4, true],
      ],
    );
    assert.deepEqual(batches.flatMap(membersOf), [...indices]);
  });
});

describe('normalization', () => {
  it('gives the measured images zero mean and unit variance in every channel', () => {
    const rgb = numberedSet([0, 1, 0, 1, 0, 1], 2, 3);
    imageBytes(rgb).forEach((value, i) => (imageBytes(rgb)[i] = value * 10 * ((i % 3) + 1)));
    const part = Int32Array.of(0, 1, 4);
    const measured = measureNormalization(rgb, part);
    const [batch] = [
      ...evaluationBatches({ set: rgb, indices: part, batchSize: 3, normalization: measured }),
    ];
    for (const channel of [0, 1, 2]) {
      const values = [...batch!.images].filter((_, i) => i % 3 === channel);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      assert.ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-5, `${channel}: ${mean}, ${variance}`);
    }
  });

  it('knows nothing of images outside of the split', () => {
    const changed = numberedSet([...set.labels]);
    imageBytes(changed).fill(255, 0, 3 * 4);
    assert.deepEqual(measureNormalization(changed, indices), measureNormalization(set, indices));
  });

  it('measures some of very many images, evenly over all', () => {
    // Image i is all i; of 20 images from 3 on, 5 are those at 3, 7, 11, 15 and 19.
    const { mean } = measureNormalization(set, indices, 5 * 4);
    assert.ok(Math.abs(mean[0]! * 255 - 11) < 1e-9, `${mean[0]}`);
  });

  it('leaves a constant channel finite', () => {
    assert.deepEqual(measureNormalization(set, Int32Array.of(5)).std, [1]);
  });
});
