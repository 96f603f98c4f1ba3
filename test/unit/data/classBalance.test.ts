import assert from 'node:assert/strict';
import { BatchIterator, evaluationBatches } from '../../../src/data/batches';
import { balancedOrder, classWeights } from '../../../src/data/classBalance';
import { Random } from '../../../src/random';
import { known } from '../../support/unbalanced';
import { numberedSet } from './helpers';

function assertClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i]! / value - 1) < 1e-6, `${i}: ${actual[i]} ≠ ${value}`),
  );
}

/** 1 : 20, the rare class last. */
const labels = Array.from({ length: 84 }, (_, i) => (i >= 80 ? 1 : 0));
const indices = Int32Array.from(labels.keys());

describe('class weights', () => {
  for (const { counts, balanced, effectiveNumber } of known.classWeights) {
    it(`of ${counts.join(', ')} images are those of scikit-learn and of Cui et al.`, () => {
      assertClose(classWeights('balanced', counts, 0)!, balanced);
      for (const { beta, weights } of effectiveNumber) {
        assertClose(classWeights('effectiveNumber', counts, beta)!, weights);
      }
      assert.equal(classWeights('none', counts, 0.9), undefined);
    });
  }

  it('take a class without images for one of one image that is not among the k', () => {
    assertClose(classWeights('balanced', [30, 0, 10], 0)!, [40 / 60, 40 / 2, 40 / 20]);
    assert.ok([...classWeights('effectiveNumber', [30, 0, 10], 0.9)!].every(Number.isFinite));
  });

  it('come with every image of a batch, and only where there are any', () => {
    const set = numberedSet(labels);
    const options = { set, indices, batchSize: 42, normalization: { mean: [0], std: [1] } };
    const [, last] = [...evaluationBatches({ ...options, classWeights: Float32Array.of(0.5, 10) })];
    const expected = Array.from(last!.labels, (label) => (label === 1 ? 10 : 0.5));
    assert.deepEqual([...last!.lossWeights!], expected);
    assert.equal([...evaluationBatches(options)][0]!.lossWeights, undefined);
  });
});

describe('balanced sampling', () => {
  it('draws every class equally often, though one has a twentieth of the images of the other', () => {
    const random = Random.fromSeed(3);
    let rare = 0;
    const epochs = 200;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = balancedOrder(labels, indices, random);
      assert.equal(order.length, indices.length);
      rare += order.filter((index) => labels[index] === 1).length;
    }
    // A fair coin's share has a deviation of 0.5/√n: five of them are 0.019.
    assert.ok(Math.abs(rare / (epochs * indices.length) - 0.5) < 0.019, `${rare}`);
  });

  it('has all images of a class before one comes again', () => {
    const order = [...balancedOrder(labels, indices, Random.fromSeed(4))];
    const frequent = order.filter((index) => labels[index] === 0);
    assert.equal(new Set(frequent).size, frequent.length);
    const rare = order.filter((index) => labels[index] === 1);
    for (let start = 0; start + 4 <= rare.length; start += 4) {
      assert.equal(new Set(rare.slice(start, start + 4)).size, 4);
    }
  });

  it('draws classes that the split has, and images of the split alone', () => {
    const some = Int32Array.of(2, 3, 82);
    const drawn = new Set(
      Array.from({ length: 20 }, (_, i) => balancedOrder(labels, some, Random.fromSeed(i))).flatMap(
        (order) => [...order],
      ),
    );
    assert.deepEqual(
      [...drawn].sort((a, b) => a - b),
      [2, 3, 82],
    );
  });

  it('follows from the seed, keeps the length of an epoch, and goes on from a saved state', () => {
    const iterator = (seed: number): BatchIterator =>
      new BatchIterator({
        ...{ set: numberedSet(labels), indices, batchSize: 10, sampling: 'balanced' },
        normalization: { mean: [0], std: [1] },
        random: Random.fromSeed(seed),
      });
    const draw = (batches: BatchIterator, count: number) =>
      Array.from({ length: count }, () => [...batches.next().images]);
    const [one, same, other] = [iterator(1), iterator(1), iterator(2)];
    assert.equal(one.batchesPerEpoch, 8);
    const first = draw(one, 11);
    assert.deepEqual(draw(same, 11), first);
    assert.notDeepEqual(draw(other, 11), first);
    const state: unknown = JSON.parse(JSON.stringify(one.state()));
    other.restore(state);
    assert.deepEqual(draw(other, 9), draw(one, 9));
  });
});
