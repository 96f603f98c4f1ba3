/** The engine around its programs: memory that is left over or cannot be had, and networks that it has no kernels for. */
import assert from 'node:assert/strict';
import { UserError } from '../../../../src/errors';
import { createFoundNetwork, createSupernet } from '../../../../src/network/engines';
import { Engine } from '../../../../src/network/fused/engine';
import { FusedSupernet } from '../../../../src/network/fused/fusedSupernet';
import { Machine } from '../../../../src/network/fused/machine/machine';
import { searchMemory, trainingMemory } from '../../../../src/network/fused/memory';
import { Unsupported } from '../../../../src/network/unsupported';
import { SupernetOnDemand } from '../../../../src/network/onDemand';
import { planFoundNetwork, planSupernet } from '../../../../src/space/cell/plan';
import type { NetworkPlan } from '../../../../src/space/plan';
import { dartsV2 } from '../../../support/genotypes';
import {
  bench201Fixture,
  partialFixture,
  smallFixture,
  smallSkeleton,
  smallSpace,
  type Fixture,
} from '../../../support/supernets';

const small = planSupernet(smallSpace, smallSkeleton);
/** A head of nothing but a ReLU, for which there are no kernels. */
const strange: NetworkPlan = { ...small, head: [{ kind: 'relu' }] };
/** Operations that end with a ReLU. */
const unfinished: NetworkPlan = {
  ...small,
  cells: small.cells.map((cell) => ({
    ...cell,
    nodes: cell.nodes.map((edges) =>
      edges.map((edge) => ({
        ...edge,
        candidates: edge.candidates.map(({ operation, layers }) => ({
          operation,
          layers: layers.some(({ kind }) => kind === 'zero')
            ? layers
            : [...layers, { kind: 'relu' as const }],
        })),
      })),
    ),
  })),
};

async function differentiate({ plan, batch, weights, mixtures }: Fixture) {
  const supernet = new FusedSupernet(plan, 2);
  try {
    return await supernet.differentiate(batch, weights, mixtures, 'both');
  } finally {
    supernet.dispose();
  }
}

describe('engine', () => {
  const fixtures = { full: smallFixture(), partial: partialFixture(), bench201: bench201Fixture() };
  for (const [form, fixture] of Object.entries(fixtures)) {
    it(`does not care what memory held before it: ${form}`, async () => {
      const fresh = await differentiate(fixture);
      const machine = new Machine(2);
      machine.reserve(64 * 2 ** 20);
      machine.floats.fill(NaN, 4096);
      Machine.giveBack(machine);
      assert.deepEqual(await differentiate(fixture), fresh);
    });
  }

  it('takes weights of edges where all channels go through the operations, and they have no effect', async () => {
    const { full } = fixtures;
    const { normal, reduction } = full.mixtures;
    const withEdges = ({ operations }: typeof normal) => ({ operations, bypass: operations.map(() => 0.3) });
    const mixtures = { normal: withEdges(normal), reduction: withEdges(reduction) };
    const [plain, weighed] = [await differentiate(full), await differentiate({ ...full, mixtures })];
    assert.equal(weighed.loss, plain.loss);
    assert.deepEqual(weighed.weights, plain.weights);
    for (const kind of ['normal', 'reduction'] as const) {
      assert.deepEqual(weighed.mixtures![kind].operations, plain.mixtures![kind].operations);
      assert.deepEqual(new Set(weighed.mixtures![kind].bypass), new Set([0]));
    }
  });

  it('gives its machine back once, however often it is disposed', () => {
    const first = new Engine(small, 2);
    first.dispose();
    const second = new Engine(small, 2);
    assert.ok(second.machine === first.machine);
    first.dispose();
    const third = new Engine(small, 2);
    assert.ok(third.machine !== second.machine);
    for (const engine of [second, third]) engine.dispose();
  });

  it('knows how much memory it will take', async () => {
    const supernet = new FusedSupernet(small, 2);
    try {
      const { batch, weights, mixtures } = smallFixture(40);
      const forecast = searchMemory(small, { training: 40, evaluation: 40 }, 2);
      await supernet.differentiate(batch, weights, mixtures, 'weights');
      await supernet.differentiate(batch, weights, mixtures, 'mixtures');
      await supernet.evaluate(batch, weights, mixtures);
      assert.ok(supernet.memory >= forecast);
    } finally {
      supernet.dispose();
    }
  });

  it('knows more for larger batches, and for drop-path', () => {
    const plan = planFoundNetwork(dartsV2, smallSkeleton);
    const bytes = (training: number, evaluation: number, gated = false): number =>
      trainingMemory(plan, { training, evaluation }, gated, 2);
    assert.ok(bytes(20, 1) > bytes(10, 1));
    assert.ok(bytes(1, 200) > bytes(1, 100));
    assert.ok(bytes(20, 1, true) >= bytes(20, 1));
  });

  it('says what to do when memory does not suffice', async () => {
    const { batch, weights, mixtures } = smallFixture(50);
    const count = 200_000;
    const images = new Float32Array((batch.images.length / 50) * count);
    const many = { images, labels: new Uint8Array(count), shape: [count, 9, 8, 2] as const };
    const supernet = new FusedSupernet(small, 2);
    try {
      await assert.rejects(supernet.evaluate(many, weights, mixtures), (error: UserError) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.code, 'out-of-memory');
        assert.match(error.message, /needs \d+\.\d GB/);
        assert.match(error.hint!, /smaller batch/);
        return true;
      });
      // It is as good as before.
      const { loss } = await supernet.evaluate(batch, weights, mixtures);
      assert.ok(loss > 0);
    } finally {
      supernet.dispose();
    }
  });
});

describe('choice of the engine', () => {
  it('is fused where nothing speaks against it', () => {
    const supernet = createSupernet(small, { engine: 'auto', threads: 1 });
    assert.ok(supernet instanceof FusedSupernet);
    supernet.dispose();
  });

  it('is the reference on request', () => {
    assert.ok(createSupernet(small, { engine: 'reference', threads: 1 }) instanceof SupernetOnDemand);
  });

  it('falls back to the reference for a layer without kernels', () => {
    const told: string[] = [];
    const onFallback = ({ message }: Unsupported): void => void told.push(message);
    const supernet = createSupernet(strange, { engine: 'auto', threads: 1, onFallback });
    assert.ok(supernet instanceof SupernetOnDemand);
    createSupernet(unfinished, { engine: 'auto', threads: 1, onFallback });
    assert.deepEqual(told, [
      'The fused engine has no kernels for heads other than BN and ReLU.',
      `The fused engine has no kernels for a ReLU at the end of an operation, in the operation "max_pool_3x3".`,
    ]);
    assert.equal(createFoundNetwork(strange, { engine: 'auto', threads: 1 }).memory, undefined);
  });

  it('throws where fused was asked for and there are no kernels', () => {
    assert.throws(() => createSupernet(strange, { engine: 'fused', threads: 1 }), Unsupported);
    assert.throws(() => createFoundNetwork(strange, { engine: 'fused', threads: 1 }), Unsupported);
    assert.throws(() => searchMemory(strange, { training: 1, evaluation: 1 }, 1), Unsupported);
  });
});
