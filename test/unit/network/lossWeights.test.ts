/** Images whose losses count differently: on both engines, in the loss and in all of its gradients. */
import assert from 'node:assert/strict';
import { loadBackend } from '../../../src/backend/load';
import type { ArrayBatch } from '../../../src/network/batch';
import { FusedNetwork } from '../../../src/network/fused/fusedNetwork';
import { FusedSupernet } from '../../../src/network/fused/fusedSupernet';
import { flattenMixtures } from '../../../src/network/mixture';
import { ReferenceNetwork } from '../../../src/network/reference/referenceNetwork';
import { ReferenceSupernet } from '../../../src/network/reference/referenceSupernet';
import { layoutOf } from '../../../src/network/structure';
import { Random } from '../../../src/random';
import { planFoundNetwork } from '../../../src/space/cell/plan';
import { dartsV2 } from '../../support/genotypes';
import {
  partialFixture,
  randomBatch,
  relativeError,
  smallFixture,
  smallSkeleton,
} from '../../support/supernets';

/** Weights from 0.3 on, none like another. */
function weighted(batch: ArrayBatch): ArrayBatch {
  return { ...batch, lossWeights: Float32Array.from(batch.labels, (label, i) => 0.3 + 2 * label + 0.1 * i) };
}

/** Mixed with the next image in the batch, in shares none of which is like another. */
function mixed(batch: ArrayBatch): ArrayBatch {
  const count = batch.labels.length;
  return {
    ...batch,
    partners: {
      labels: Array.from(batch.labels, (_, i) => batch.labels[(i + 1) % count]!),
      shares: Float32Array.from(batch.labels, (_, i) => 1 - 0.4 * (i / count)),
    },
  };
}

/** −log softmax(logits)[label] of every image. */
function lossesOf(logits: Float32Array, labels: ArrayLike<number>, classes: number): number[] {
  return Array.from(labels, (label, image) => {
    const own = Array.from(logits.subarray(image * classes, (image + 1) * classes));
    return Math.log(own.reduce((sum, logit) => sum + Math.exp(logit), 0)) - own[label]!;
  });
}

describe('weights of images in the loss', () => {
  before(() => loadBackend('wasm'));

  for (const [form, fixture] of [
    ['DARTS', smallFixture()],
    // Images go in pairs, whose gradients are summed.
    ['PC-DARTS', partialFixture()],
  ] as const) {
    it(`give a supernet of ${form} the same loss and gradients on both engines, mixed or not`, async () => {
      for (const batch of [weighted(fixture.batch), mixed(fixture.batch), mixed(weighted(fixture.batch))]) {
        const { plan, weights, mixtures } = fixture;
        const fused = new FusedSupernet(plan, 2);
        try {
          const expected = await new ReferenceSupernet(plan).differentiate(batch, weights, mixtures, 'both');
          const actual = await fused.differentiate(batch, weights, mixtures, 'both');
          assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-5, `${actual.loss} ≠ ${expected.loss}`);
          assert.ok(relativeError(actual.weights!, expected.weights!) < 1e-4);
          const [ours, theirs] = [actual, expected].map((each) => flattenMixtures(each.mixtures!));
          assert.ok(relativeError(ours!, theirs!) < 1e-4);
          assert.deepEqual([...actual.predicted], [...expected.predicted]);
          const plain = await fused.differentiate(fixture.batch, weights, mixtures, 'both');
          assert.ok(relativeError(plain.weights!, actual.weights!) > 0.05, 'The weights change nothing.');
        } finally {
          fused.dispose();
        }
      }
    });
  }

  for (const [engine, make] of [
    ['fused engine', () => new FusedNetwork(plan, 2)],
    ['reference', () => new ReferenceNetwork(plan)],
  ] as const) {
    it(`give the mean of the formula, and its slope, on the ${engine}`, async () => {
      const random = Random.fromSeed(9, 'loss weights');
      const weights = layoutOf(plan).initialize(random);
      const batch = mixed(weighted(randomBatch(plan, 6, random)));
      const network = make();
      try {
        const { loss, logits, predicted } = await network.evaluate(
          batch,
          weights,
          await network.measure(batch, weights),
        );
        const own = lossesOf(logits, batch.labels, plan.classes);
        const { lossWeights, partners } = batch;
        const others = lossesOf(logits, partners!.labels, plan.classes);
        const losses = own.map((loss, i) => {
          const share = partners!.shares[i]!;
          return share * loss + (1 - share) * others[i]!;
        });
        const total = lossWeights!.reduce((sum, weight) => sum + weight, 0);
        const mean = losses.reduce((sum, each, i) => sum + each * lossWeights![i]!, 0) / total;
        assert.ok(Math.abs(loss / mean - 1) < 1e-5, `${loss} ≠ ${mean}`);
        const best = Array.from(predicted, (_, i) => {
          const own = logits.subarray(i * plan.classes, (i + 1) * plan.classes);
          return own.indexOf(Math.max(...own));
        });
        assert.deepEqual([...predicted], best);
        // Along the classifier's bias, which the loss is smooth in.
        const { offset, size } = layoutOf(plan).parameters.find(({ name }) => name === 'classifier.bias')!;
        const { weights: gradient } = await network.differentiate(batch, weights);
        for (let k = 0; k < size; k++) {
          const at = async (step: number): Promise<number> => {
            const moved = weights.slice();
            moved[offset + k]! += step;
            return (await network.differentiate(batch, moved)).loss;
          };
          const slope = ((await at(0.02)) - (await at(-0.02))) / 0.04;
          assert.ok(Math.abs(slope - gradient[offset + k]!) < 1e-4, `${slope} ≠ ${gradient[offset + k]}`);
        }
      } finally {
        network.dispose();
      }
    });
  }
});

const plan = planFoundNetwork(dartsV2, smallSkeleton);
