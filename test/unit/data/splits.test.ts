import assert from 'node:assert/strict';
import { makeSplits, stratifiedSplit } from '../../../src/data/splits';
import { Random } from '../../../src/random';
import { dataOf, numberedSet } from './helpers';

/** 10 classes of unequal sizes: 11, 22, … 110 images, mixed. */
const labels = Random.fromSeed(5).shuffle(
  Array.from({ length: 10 }, (_, label) => new Array<number>(11 * (label + 1)).fill(label)).flat(),
);

function countsOf(indices: Int32Array, of: ArrayLike<number> = labels): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const index of indices) counts[of[index]!]!++;
  return counts;
}

function assertDisjoint(...parts: Int32Array[]): void {
  const all = parts.flatMap((part) => [...part]);
  assert.equal(new Set(all).size, all.length);
}

describe('stratifiedSplit', () => {
  it('covers all that is asked for with disjoint parts', () => {
    const parts = stratifiedSplit(labels, [0.5, 0.2, 121], Random.fromSeed(1));
    assert.deepEqual(
      parts.map((part) => part.length),
      [303, 121, 121],
    );
    assertDisjoint(...parts);
  });

  it('uses up the whole set when the parts add up to it', () => {
    const parts = stratifiedSplit(labels, [202, 202, 201], Random.fromSeed(1));
    assert.deepEqual(
      parts.flatMap((part) => [...part]).sort((a, b) => a - b),
      [...labels.keys()],
    );
  });

  it('keeps the proportions of the classes, to one image', () => {
    const [half, tenth] = stratifiedSplit(labels, [0.5, 0.1], Random.fromSeed(7));
    countsOf(half!).forEach((count, label) =>
      assert.ok(Math.abs(count - 5.5 * (label + 1)) <= 1, `${label}: ${count}`),
    );
    countsOf(tenth!).forEach((count, label) =>
      assert.ok(Math.abs(count - 1.1 * (label + 1)) <= 1, `${label}: ${count}`),
    );
  });

  it('depends on the seed alone', () => {
    const draw = (seed: number) => [...stratifiedSplit(labels, [100], Random.fromSeed(seed))[0]!];
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
  });

  it('mixes the classes within a part', () => {
    const [part] = stratifiedSplit(labels, [400], Random.fromSeed(1));
    const firstHalf = countsOf(part!.subarray(0, 200));
    assert.ok(
      firstHalf.every((count) => count > 0),
      String(firstHalf),
    );
  });

  it('copes with classes that have no image', () => {
    const [part] = stratifiedSplit([0, 5, 5, 0], [4], Random.fromSeed(1));
    assert.deepEqual([...part!].sort(), [0, 1, 2, 3]);
  });

  it('refuses to hand out more than there is', () => {
    assert.throws(() => stratifiedSplit(labels, [600, 6], Random.fromSeed(1)), RangeError);
  });
});

describe('makeSplits', () => {
  const data = dataOf(numberedSet([...labels]), numberedSet([0, 1, 0, 1, 0, 1, 0, 1]));

  it('separates what trains the weights from what trains α', () => {
    const { train, validation, test } = makeSplits(data, { validationFraction: 0.4, seed: 1 });
    assert.deepEqual([train.length, validation.length, test.length], [363, 242, 8]);
    assertDisjoint(train, validation);
  });

  it('limits both sides, stratified, and takes a limit beyond the data as all of it', () => {
    const limited = makeSplits(data, { validationFraction: 0.5, limit: 100, testLimit: 4, seed: 1 });
    assert.deepEqual([limited.train.length, limited.validation.length, limited.test.length], [50, 50, 4]);
    assert.deepEqual(countsOf(limited.test, data.test.labels).slice(0, 2), [2, 2]);
    const all = makeSplits(data, { validationFraction: 0.5, limit: 10_000, testLimit: 10_000, seed: 1 });
    assert.deepEqual([all.train.length + all.validation.length, all.test.length], [605, 8]);
  });

  it('is repeatable', () => {
    const options = { validationFraction: 0.5, limit: 50, testLimit: 4, seed: 9 };
    assert.deepEqual(makeSplits(data, options), makeSplits(data, options));
    assert.notDeepEqual(makeSplits(data, options).train, makeSplits(data, { ...options, seed: 8 }).train);
  });

  it('says so when a side would be empty', () => {
    const tiny = { validationFraction: 0.1, limit: 3, seed: 1 };
    assert.throws(() => makeSplits(data, tiny), {
      message: /3 would train the weights and 0 α/,
      code: 'empty-split',
    });
  });
});
