/** Networks of chains and of inverted residual blocks, computed: the engines agree, and every weight is trained. */
import assert from 'node:assert/strict';
import { loadBackend } from '../../../src/backend/load';
import { networkCost } from '../../../src/cost/network';
import { createFoundNetwork } from '../../../src/network/engines';
import { FusedNetwork } from '../../../src/network/fused/fusedNetwork';
import { ReferenceNetwork } from '../../../src/network/reference/referenceNetwork';
import { layoutOf } from '../../../src/network/structure';
import { Random } from '../../../src/random';
import type { NetworkPlan } from '../../../src/space/plan';
import { planChain } from '../../../src/space/chain/plan';
import type { ChainConnections, ChainGenotype } from '../../../src/space/chain/genotype';
import { operationNames } from '../../../src/space/operations';
import { mbconvEntry } from '../../../src/space/mbconv/entry';
import { randomBatch, relativeError } from '../../support/supernets';

const frame = { input: { height: 9, width: 10, channels: 2 }, classes: 4 };

const searched = operationNames.filter((name) => name !== 'none');

/** The operation with the channels of its input and with others, once with stride 2. A short chain rounds little. */
function chainWith(operation: string, connections: ChainConnections): ChainGenotype {
  return {
    space: 'chain',
    connections,
    layers: [
      { operation: 'conv_1x1', channels: 5, stride: 1 },
      { operation, channels: 5, stride: 1 },
      { operation, channels: 6, stride: 1 },
      { operation, channels: 6, stride: 2 },
    ],
  };
}

async function gradientsOf(network: ReferenceNetwork | FusedNetwork, plan: NetworkPlan) {
  const random = Random.fromSeed(6, 'chains');
  const weights = layoutOf(plan).initialize(random);
  const batch = randomBatch(plan, 6, random);
  const result = await network.differentiate(batch, weights);
  network.dispose();
  return result;
}

/** Parameters whose gradient is not zero in all entries. */
function trained(plan: NetworkPlan, gradient: Float32Array): string[] {
  return layoutOf(plan)
    .parameters.filter(({ offset, size }) => gradient.subarray(offset, offset + size).some((g) => g !== 0))
    .map(({ name }) => name);
}

describe('networks of chains', () => {
  before(() => loadBackend('wasm'));

  for (const connections of ['sequential', 'skip'] as const) {
    for (const operation of searched) {
      it(`${connections}, ${operation}: the fused engine computes what the reference computes`, async () => {
        const plan = planChain(chainWith(operation, connections), frame);
        assert.equal(layoutOf(plan).size, networkCost(plan).parameters);
        const expected = await gradientsOf(new ReferenceNetwork(plan), plan);
        const actual = await gradientsOf(new FusedNetwork(plan, 2), plan);
        assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-5, `${actual.loss} ≠ ${expected.loss}`);
        const error = relativeError(actual.weights, expected.weights);
        assert.ok(error < 1e-4, `gradients differ by ${error}`);
      });
    }
  }

  it('skip: adds a layer’s input, by a projection where the shape changes', () => {
    const chain: ChainGenotype = {
      space: 'chain',
      connections: 'skip',
      layers: [
        { operation: 'conv_3x3', channels: 4, stride: 1 },
        { operation: 'conv_3x3', channels: 4, stride: 2 },
        { operation: 'conv_3x3', channels: 8, stride: 1 },
      ],
    };
    const shortcuts = planChain(chain, frame).cells.map(({ nodes }) =>
      nodes[0]![0]!.candidates[1]!.layers.map(({ kind }) => kind).join(' '),
    );
    assert.deepEqual(shortcuts, ['identity', 'conv batchNorm', 'conv batchNorm']);
  });

  it('dense: a layer reads all outputs of its size before it, the classifier the last', async () => {
    const channels = [4, 6, 8, 10];
    const layers = channels.map((count, i) => ({
      operation: 'conv_3x3',
      channels: count,
      stride: i === 2 ? (2 as const) : (1 as const),
    }));
    const plan = planChain({ space: 'chain', connections: 'dense', layers }, frame);
    // The stem has 4; after the reduction there is only its own output.
    assert.deepEqual(
      plan.cells.map(({ inputs }) => inputs[0]!.channels),
      [4, 4 + 4, 4 + 4 + 6, 8],
    );
    assert.equal(plan.features.channels, 10);
    const expected = await gradientsOf(new ReferenceNetwork(plan), plan);
    const actual = await gradientsOf(new FusedNetwork(plan, 2), plan);
    assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-5, `${actual.loss} ≠ ${expected.loss}`);
    assert.ok(relativeError(actual.weights, expected.weights) < 1e-4);
    assert.equal(trained(plan, expected.weights).length, layoutOf(plan).parameters.length);
  });
});

for (const backend of ['wasm', 'tensorflow'] as const) {
  describe(`a network of inverted residual blocks on ${backend}`, () => {
    before(() => loadBackend(backend));

    it('learns: steps down its gradient lower the loss, and every weight takes part', async () => {
      const space = mbconvEntry.create(
        mbconvEntry.options.parse({ type: 'mbconv', squeezeExcite: [true], widths: [0.5] }),
      );
      const plan = space.proxy(space.sample(Random.fromSeed(8)), frame);
      const random = Random.fromSeed(6, 'mbconv');
      const weights = layoutOf(plan).initialize(random);
      const batch = randomBatch(plan, 6, random);
      const network = createFoundNetwork(plan, { engine: 'auto', threads: 1 });
      const first = await network.differentiate(batch, weights);
      assert.equal(trained(plan, first.weights).length, layoutOf(plan).parameters.length);
      let { loss, weights: gradient } = first;
      for (let step = 0; step < 8; step++) {
        gradient.forEach((g, i) => (weights[i]! -= 0.1 * g));
        ({ loss, weights: gradient } = await network.differentiate(batch, weights));
      }
      assert.ok(loss < 0.8 * first.loss, `${first.loss} → ${loss}`);
      network.dispose();
    });
  });
}
