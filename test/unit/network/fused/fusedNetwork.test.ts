/** Networks with one operation an edge on the fused engine, against the reference on wasm. */
import assert from 'node:assert/strict';
import { loadBackend } from '../../../../src/backend/load';
import { drawGates } from '../../../../src/network/dropPath';
import { FusedNetwork } from '../../../../src/network/fused/fusedNetwork';
import { ReferenceNetwork } from '../../../../src/network/reference/referenceNetwork';
import { layoutOf } from '../../../../src/network/structure';
import { Random } from '../../../../src/random';
import { planBench201Network } from '../../../../src/space/bench201/plan';
import { planFoundNetwork } from '../../../../src/space/cell/plan';
import type { NetworkPlan } from '../../../../src/space/plan';
import { operationNames } from '../../../../src/space/operations';
import { sampleCells } from '../../../support/cellSpaces';
import { dartsV2, pcDartsCifar, zeroEdges } from '../../../support/genotypes';
import { randomBatch, relativeError, smallSkeleton } from '../../../support/supernets';

const { input, classes } = smallSkeleton;
const everything = { operations: operationNames, nodes: 3, inputsPerNode: 2 };

const plans: Record<string, NetworkPlan> = {
  DARTS_V2: planFoundNetwork(dartsV2, { ...smallSkeleton, cells: 4 }),
  PC_DARTS_cifar: planFoundNetwork(pcDartsCifar, smallSkeleton),
  'edges and nodes of zeros': planFoundNetwork(zeroEdges, { ...smallSkeleton, cells: 4 }),
  'a random genotype of all operations': planFoundNetwork(sampleCells(everything, Random.fromSeed(3)), {
    ...smallSkeleton,
    channels: 6,
  }),
  'a cell of NAS-Bench-201': planBench201Network(
    ['conv_3x3', 'skip_connect', 'avg_pool_3x3', 'conv_1x1', 'none', 'conv_3x3'],
    { channels: 5, cellsPerStage: 1, input, classes },
  ),
};

describe('fused network', () => {
  before(() => loadBackend('wasm'));

  for (const [title, plan] of Object.entries(plans)) {
    for (const dropPath of [0, 0.3]) {
      it(`${title}${dropPath ? ' with drop-path' : ''}: loss and gradient of the reference`, async () => {
        const random = Random.fromSeed(4, title);
        const batch = randomBatch(plan, 5, random);
        const weights = layoutOf(plan)
          .initialize(random)
          .map((value) => value * (1 + 0.1 * random.normal()));
        const gates = drawGates(plan, 5, dropPath, random);
        const expected = await new ReferenceNetwork(plan).differentiate(batch, weights, gates);
        const network = new FusedNetwork(plan, 2);
        try {
          const actual = await network.differentiate(batch, weights, gates);
          assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-5, `${actual.loss} ≠ ${expected.loss}`);
          assert.ok(relativeError(actual.weights, expected.weights) < 1e-4);
        } finally {
          network.dispose();
        }
      });
    }

    for (const images of [5, 6]) {
      it(`${title}: measures the statistics of ${images} images as the reference does`, async () => {
        const random = Random.fromSeed(8, title);
        const batch = randomBatch(plan, images, random);
        const weights = layoutOf(plan).initialize(random);
        const expected = await new ReferenceNetwork(plan).measure(batch, weights);
        const network = new FusedNetwork(plan, 2);
        try {
          // After a step, too: what that one left in memory is nothing to it.
          const first = await network.measure(batch, weights);
          await network.differentiate(randomBatch(plan, images, random), weights);
          assert.deepEqual(await network.measure(batch, weights), first);
          assert.ok(relativeError(first, expected) < 1e-5);
        } finally {
          network.dispose();
        }
      });
    }

    it(`${title}: judges with given statistics as the reference does`, async () => {
      const random = Random.fromSeed(5, title);
      const batch = randomBatch(plan, 9, random);
      const weights = layoutOf(plan).initialize(random);
      const reference = new ReferenceNetwork(plan);
      const statistics = await reference.measure(randomBatch(plan, 6, random), weights);
      const expected = await reference.evaluate(batch, weights, statistics);
      const network = new FusedNetwork(plan, 2);
      try {
        const actual = await network.evaluate(batch, weights, statistics);
        assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-5, `${actual.loss} ≠ ${expected.loss}`);
        assert.equal(actual.correct, expected.correct);
        assert.equal(expected.logits.length, 9 * plan.classes);
        assert.ok(relativeError(actual.logits, expected.logits) < 1e-5);
      } finally {
        network.dispose();
      }
    });
  }

  it('gives the same bits on any number of threads', async () => {
    const plan = plans['DARTS_V2']!;
    const random = Random.fromSeed(6);
    const batch = randomBatch(plan, 7, random);
    const weights = layoutOf(plan).initialize(random);
    const results = [];
    for (const threads of [1, 2, 5]) {
      const network = new FusedNetwork(plan, threads);
      results.push(await network.differentiate(batch, weights));
      network.dispose();
    }
    assert.deepEqual(results[1], results[0]);
    assert.deepEqual(results[2], results[0]);
  });
});
