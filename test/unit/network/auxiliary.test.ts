/** The auxiliary classifier and label smoothing: on both engines, in the loss and in all of its gradients. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/backend/load';
import { withAuxiliary } from '../../../src/network/auxiliary';
import type { ArrayBatch } from '../../../src/network/batch';
import { drawGates } from '../../../src/network/dropPath';
import { FusedNetwork } from '../../../src/network/fused/fusedNetwork';
import { crossEntropy } from '../../../src/network/reference/primitives';
import { ReferenceNetwork } from '../../../src/network/reference/referenceNetwork';
import { toTensors } from '../../../src/network/reference/tensorBatch';
import { structureOf } from '../../../src/network/structure';
import { Random } from '../../../src/random';
import { planBench201Network } from '../../../src/space/bench201/plan';
import { planFoundNetwork } from '../../../src/space/cell/plan';
import type { ChainConnections } from '../../../src/space/chain/genotype';
import { planChain } from '../../../src/space/chain/plan';
import type { NetworkPlan } from '../../../src/space/plan';
import { dartsV2, pcDartsCifar } from '../../support/genotypes';
import { randomBatch, relativeError, smallSkeleton } from '../../support/supernets';

const weight = 0.4;
const { input, classes } = smallSkeleton;

/** Mixed, weighed and smoothed. */
function demanding(batch: ArrayBatch): ArrayBatch {
  const count = batch.labels.length;
  return {
    ...batch,
    smoothing: 0.1,
    lossWeights: Float32Array.from(batch.labels, (label, i) => 0.3 + label + 0.1 * i),
    partners: {
      labels: Array.from(batch.labels, (_, i) => batch.labels[(i + 1) % count]!),
      shares: Float32Array.from(batch.labels, (_, i) => 1 - 0.4 * (i / count)),
    },
  };
}

const plans: Record<string, NetworkPlan> = {
  DARTS_V2: planFoundNetwork(dartsV2, { ...smallSkeleton, cells: 4 }),
  'PC_DARTS_cifar, of the fewest cells': planFoundNetwork(pcDartsCifar, { ...smallSkeleton, cells: 3 }),
  'a cell of NAS-Bench-201': planBench201Network(
    ['conv_3x3', 'skip_connect', 'avg_pool_3x3', 'conv_1x1', 'none', 'conv_3x3'],
    { channels: 5, cellsPerStage: 1, input, classes },
  ),
  ...Object.fromEntries(
    (['sequential', 'skip', 'dense'] as const).map((connections) => [
      `a chain, ${connections}`,
      chain(connections),
    ]),
  ),
};

function chain(connections: ChainConnections): NetworkPlan {
  const layers = ['conv_1x1', 'sep_conv_3x3', 'conv_3x3', 'max_pool_3x3', 'conv_3x3'].map((operation) => ({
    ...{ operation, channels: 6, stride: 1 as const },
  }));
  return planChain({ space: 'chain', connections, layers }, { input, classes });
}

describe('auxiliary classifier', () => {
  before(() => loadBackend('wasm'));

  for (const [title, plan] of Object.entries(plans)) {
    it(`${title}: loss and gradient of the reference on the fused engine`, async () => {
      const trained = withAuxiliary(plan, weight);
      const { layout, size } = structureOf(trained);
      assert.equal(size, structureOf(plan).layout.size);
      assert.ok(layout.size > size);
      const random = Random.fromSeed(6, title);
      const batch = demanding(randomBatch(plan, 6, random));
      const weights = layout.initialize(random).map((value) => value * (1 + 0.1 * random.normal()));
      const gates = drawGates(trained, 6, 0.2, random);
      const expected = await new ReferenceNetwork(trained).differentiate(batch, weights, gates);
      const network = new FusedNetwork(trained, 2);
      try {
        const actual = await network.differentiate(batch, weights, gates);
        assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-5, `${actual.loss} ≠ ${expected.loss}`);
        assert.ok(relativeError(actual.weights, expected.weights) < 2e-4);
        const beside = [actual.weights.subarray(size), expected.weights.subarray(size)] as const;
        assert.ok(beside[0].some((value) => value !== 0));
        assert.ok(relativeError(...beside) < 2e-4);
        assert.deepEqual(actual.predicted, expected.predicted);
      } finally {
        network.dispose();
      }
    });
  }

  const plan = plans['DARTS_V2']!;
  const trained = withAuxiliary(plan, weight);
  for (const [engine, make] of [
    ['fused engine', (of: NetworkPlan) => new FusedNetwork(of, 2)],
    ['reference', (of: NetworkPlan) => new ReferenceNetwork(of)],
  ] as const) {
    it(`adds its loss, with the slope that the gradient says, on the ${engine}`, async () => {
      const random = Random.fromSeed(7);
      const { layout, size } = structureOf(trained);
      const weights = layout.initialize(random);
      const batch = demanding(randomBatch(plan, 6, random));
      const network = make(trained);
      const own = make(plan);
      const halved = make(withAuxiliary(plan, weight / 2));
      try {
        const { loss, weights: gradient } = await network.differentiate(batch, weights);
        const without = await own.differentiate(batch, weights.slice(0, size));
        const half = await halved.differentiate(batch, weights);
        assert.ok(loss > without.loss);
        assert.ok(Math.abs((loss - without.loss) / (half.loss - without.loss) - 2) < 1e-4);
        for (const name of ['classifier.bias', 'auxiliary.classifier.bias', 'auxiliary.head.0.shift']) {
          const { offset } = layout.parameters.find((each) => each.name === name)!;
          const at = async (step: number): Promise<number> => {
            const moved = weights.slice();
            moved[offset]! += step;
            return (await network.differentiate(batch, moved)).loss;
          };
          const slope = ((await at(0.02)) - (await at(-0.02))) / 0.04;
          assert.ok(Math.abs(slope - gradient[offset]!) < 2e-4, `${name}: ${slope} ≠ ${gradient[offset]}`);
        }
      } finally {
        for (const each of [network, own, halved]) each.dispose();
      }
    });

    it(`changes nothing of what the network is judged by on the ${engine}`, async () => {
      const random = Random.fromSeed(8);
      const { layout, size } = structureOf(trained);
      const weights = layout.initialize(random);
      const batch = randomBatch(plan, 6, random);
      const [network, own] = [make(trained), make(plan)];
      try {
        const statistics = await network.measure(batch, weights);
        assert.deepEqual(statistics, await own.measure(batch, weights.slice(0, size)));
        const judged = await network.evaluate(batch, weights, statistics);
        assert.deepEqual(judged, await own.evaluate(batch, weights.slice(0, size), statistics));
      } finally {
        network.dispose();
        own.dispose();
      }
    });
  }

  it('stands behind the second reduction, and never behind the last cell', () => {
    const at = (cells: number): number | undefined =>
      withAuxiliary({ ...plan, cells: Array.from({ length: cells }, () => plan.cells[0]!) }, weight).auxiliary
        ?.from;
    assert.deepEqual([20, 8, 3, 2, 1].map(at), [13, 5, 1, 0, undefined]);
  });
});

describe('label smoothing', () => {
  before(() => loadBackend('wasm'));

  it('has the loss of PyTorch', async () => {
    // torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.1)
    const expected = 0.6870914697647095;
    const logits = tf.tensor2d([
      [1, -0.5, 2],
      [0.2, 0.1, -1.5],
    ]);
    const batch: ArrayBatch = {
      images: new Float32Array(2),
      labels: [2, 1],
      shape: [2, 1, 1, 1],
      smoothing: 0.1,
    };
    const [loss] = await crossEntropy(logits, toTensors(batch, 3).labels).data();
    assert.ok(Math.abs(loss! - expected) < 1e-6, `${loss}`);
  });
});
