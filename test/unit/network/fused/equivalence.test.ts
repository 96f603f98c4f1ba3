/** The fused engine computes what the reference computes: random networks of every form, on native TensorFlow and on wasm. */
import assert from 'node:assert/strict';
import { loadBackend } from '../../../../src/backend/load';
import type { ArrayBatch } from '../../../../src/network/batch';
import { FusedSupernet } from '../../../../src/network/fused/fusedSupernet';
import {
  flattenMixtures,
  partialMixtures,
  pathMixtures,
  softmaxMixtures,
} from '../../../../src/network/mixture';
import { ReferenceSupernet } from '../../../../src/network/reference/referenceSupernet';
import { layoutOf } from '../../../../src/network/structure';
import type { Mixtures } from '../../../../src/network/supernet';
import { Random } from '../../../../src/random';
import { bench201Operations, planBench201Supernet } from '../../../../src/space/bench201/plan';
import { bench201Edges } from '../../../../src/space/bench201/space';
import { planSupernet } from '../../../../src/space/cell/plan';
import type { NetworkPlan } from '../../../../src/space/plan';
import { cellEdges } from '../../../../src/space/cell/alpha';
import { operationNames } from '../../../../src/space/operations';
import { randomBatch } from '../../../support/supernets';

interface Case {
  readonly title: string;
  readonly plan: NetworkPlan;
  readonly mixtures: Mixtures;
  readonly batch: number;
}

const configurations = 30;

function between(random: Random, low: number, high: number): number {
  return low + random.integer(high - low + 1);
}

/**
 * A network of a random form, size and set of operations. Small, since among a million inputs of ReLUs there is one so
 * close to zero that two ways of rounding put it on different sides, and then a gradient jumps.
 */
function randomCase(index: number): Case {
  const random = Random.fromSeed(index, 'equivalence');
  const input = {
    height: between(random, 5, 13),
    width: between(random, 5, 13),
    channels: between(random, 1, 4),
  };
  const classes = between(random, 2, 12);
  const batch = between(random, 3, 5);
  const rows = (edges: number, columns: number): number[][] =>
    Array.from({ length: edges }, () => Array.from({ length: columns }, () => random.normal()));
  const form = (['full', 'full', 'partial', 'path', 'bench201'] as const)[index % 5]!;
  const size = `${input.height}×${input.width}×${input.channels}, batch ${batch}`;
  if (form === 'bench201') {
    // Without a convolution everything is a multiple of the cell's input, and BN takes the mixture's effect away.
    const others = random.shuffle(bench201Operations.filter((name) => name !== 'conv_3x3'));
    const operations = random.shuffle(['conv_3x3', ...others.slice(0, between(random, 0, 4))]);
    const partial = index % 2 === 1;
    const share = partial ? between(random, 2, 4) : 1;
    const channels = partial ? share * between(random, 1, 4) : between(random, 2, 9);
    const cellsPerStage = partial ? 2 : 1;
    const skeleton = { channels, cellsPerStage, input, classes };
    const plan = planBench201Supernet(operations, skeleton, { partialChannels: share });
    const alphas = { normal: rows(6, operations.length), reduction: [] };
    const mixtures = partial
      ? partialMixtures(alphas, { normal: rows(1, 6)[0]!, reduction: [] }, bench201Edges)
      : softmaxMixtures(alphas);
    const title = `bench201 C ${channels}/${share} ${operations.join(' ')}, ${size}`;
    return { title, plan, mixtures, batch };
  }
  const nodes = between(random, 1, 5);
  const edges = cellEdges(nodes);
  // With nothing but `none` there would be no gradient to compare.
  const all = random.shuffle([...operationNames]);
  const some = all.slice(0, between(random, 1, 9));
  const operations = some[0] === 'none' ? all.slice(0, 2) : some;
  const share = form === 'partial' ? between(random, 2, 4) : 1;
  const channels = share * between(random, 2, 5);
  const skeleton = {
    channels,
    cells: between(random, 3, 4),
    stemMultiplier: between(random, 1, 3),
    input,
    classes,
  };
  const plan = planSupernet({ operations, nodes, inputsPerNode: 2 }, skeleton, { partialChannels: share });
  const alphas = () => rows(edges.length, operations.length);
  const betas = () => rows(1, edges.length)[0]!;
  const choices = () => edges.map(() => random.integer(operations.length));
  const both = <T>(make: () => T) => ({ normal: make(), reduction: make() });
  const mixtures = {
    full: () => softmaxMixtures(both(alphas)),
    partial: () => partialMixtures(both(alphas), both(betas), edges),
    path: () => pathMixtures(both(choices), operations.length),
  }[form]();
  const title = `${form} C ${channels}/${share}, ${skeleton.cells} cells, ${nodes} nodes, ${operations.join(' ')}, ${size}`;
  return { title, plan, mixtures, batch };
}

/**
 * Networks so narrow that images go through operations in pairs: one and two channels, an odd number of pixels a side, both
 * strides, every operation, and a number of pairs that does not go into the chunks evenly.
 */
function pairedCases(): Case[] {
  const half = Math.ceil(operationNames.length / 2);
  const halves = [operationNames.slice(0, half), operationNames.slice(half)];
  const cells = [4, 8].flatMap((channels) =>
    halves.map((operations, i): Case => {
      const random = Random.fromSeed(channels + i, 'pairs');
      const edges = cellEdges(2);
      const alphas = () => edges.map(() => operations.map(() => random.normal()));
      const betas = () => edges.map(() => random.normal());
      const skeleton = {
        ...{ channels, cells: 3, stemMultiplier: 1, classes: 3 },
        input: { height: 7, width: 6, channels: 2 },
      };
      const space = { operations, nodes: 2, inputsPerNode: 2 };
      return {
        title: `pairs of images, C ${channels}/4, ${operations.join(' ')}`,
        plan: planSupernet(space, skeleton, { partialChannels: 4 }),
        mixtures: partialMixtures(
          { normal: alphas(), reduction: alphas() },
          { normal: betas(), reduction: betas() },
          edges,
        ),
        batch: channels === 4 ? 6 : 4,
      };
    }),
  );
  const random = Random.fromSeed(0, 'pairs');
  const skeleton = { channels: 4, cellsPerStage: 2, input: { height: 5, width: 5, channels: 1 }, classes: 3 };
  const alphas = bench201Edges.map(() => bench201Operations.map(() => random.normal()));
  const betas = bench201Edges.map(() => random.normal());
  const bench201 = {
    title: 'pairs of images, bench201 C 4/4, 34 images',
    plan: planBench201Supernet(bench201Operations, skeleton, { partialChannels: 4 }),
    mixtures: partialMixtures(
      { normal: alphas, reduction: [] },
      { normal: betas, reduction: [] },
      bench201Edges,
    ),
    batch: 34,
  };
  return [...cells, bench201];
}

/** A path that leaves out the last nodes: architectures with fewer nodes than others of their space. */
function caseOfFewerNodes(): Case {
  const operations = ['skip_connect', 'sep_conv_3x3', 'max_pool_3x3', 'dil_conv_5x5'];
  const skeleton = { channels: 4, cells: 3, stemMultiplier: 2, input: { height: 9, width: 8, channels: 2 } };
  const plan = planSupernet({ operations, nodes: 3, inputsPerNode: 2 }, { ...skeleton, classes: 5 });
  const edges = cellEdges(3);
  const normal = edges.map(({ node, from }) => (node > 0 ? -1 : 1 + 2 * from));
  const reduction = edges.map(({ node, from }) => (node > 1 || from > 1 ? -1 : (node + from) % 4));
  const mixtures = pathMixtures({ normal, reduction }, operations.length);
  return { title: 'a path without the last nodes', plan, mixtures, batch: 4 };
}

const cases: readonly Case[] = [
  ...Array.from({ length: configurations }, (_, index) => randomCase(index)),
  ...pairedCases(),
  caseOfFewerNodes(),
];

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/**
 * Some gradients are zero in exact arithmetic, such as that of a shift which the next BN takes away again, or (but for BN's
 * ε) of the only weight of a 1 × 1 convolution. What is computed is the rounding of far larger terms then, and has nothing to
 * agree in but its smallness.
 */
const vanishing = 1e-5;

/** Largest difference, in units of the largest expected entry; for a lone weight in those of the whole gradient's. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>, ofAll: number): number {
  const own = largest(expected);
  // All are zero where a path goes through nothing but `none`.
  if (own === 0 || own < vanishing * ofAll) return largest(actual) <= vanishing * ofAll ? 0 : Infinity;
  const scale = expected.length === 1 ? ofAll : own;
  return largest(Array.from(expected, (value, i) => value - actual[i]!)) / scale;
}

/** What the fused engine computes of a case: all at once, and by the programs that compute less. */
async function computeFused({ plan, mixtures }: Case, weights: Float32Array, batch: ArrayBatch) {
  const fused = new FusedSupernet(plan, 2);
  try {
    return {
      both: await fused.differentiate(batch, weights, mixtures, 'both'),
      loss: (await fused.evaluate(batch, weights, mixtures)).loss,
      weights: await fused.differentiate(batch, weights, mixtures, 'weights'),
      mixtures: await fused.differentiate(batch, weights, mixtures, 'mixtures'),
    };
  } finally {
    fused.dispose();
  }
}

/** By case: it is the same whatever the reference computes with. */
const computed = new Map<number, ReturnType<typeof computeFused>>();

for (const backend of ['tensorflow', 'wasm'] as const) {
  describe(`fused supernet against the reference on ${backend}`, function () {
    before(async function () {
      try {
        await loadBackend(backend);
      } catch (error) {
        if (backend === 'wasm') throw error;
        this.skip();
      }
    });

    for (const [index, each] of cases.entries()) {
      const { title, plan, mixtures, batch: size } = each;
      it(title, async () => {
        const random = Random.fromSeed(index, 'equivalence data 2');
        const weights = layoutOf(plan).initialize(random);
        const batch = randomBatch(plan, size, random);
        const expected = await new ReferenceSupernet(plan).differentiate(batch, weights, mixtures, 'both');
        if (!computed.has(index)) computed.set(index, computeFused(each, weights, batch));
        const fused = await computed.get(index)!;
        const actual = fused.both;
        const relative = Math.abs(actual.loss - expected.loss) / expected.loss;
        assert.ok(relative < 1e-5, `loss ${actual.loss} instead of ${expected.loss}`);
        assert.equal(actual.correct, expected.correct);
        const ofWeights = largest(expected.weights!);
        for (const { name, offset, size: count } of layoutOf(plan).parameters) {
          const part = (all: Float32Array): Float32Array => all.subarray(offset, offset + count);
          const error = difference(part(actual.weights!), part(expected.weights!), ofWeights);
          assert.ok(error < 1e-4, `gradient of ${name} differs by ${error}`);
        }
        const [found, right] = [flattenMixtures(actual.mixtures!), flattenMixtures(expected.mixtures!)];
        const error = difference(found, right, largest(right));
        assert.ok(error < 1e-4, `gradient of the mixture differs by ${error}`);
        // The programs that compute less give the same numbers.
        assert.equal(fused.loss, actual.loss);
        assert.deepEqual(fused.weights, { ...actual, mixtures: undefined });
        assert.deepEqual(fused.mixtures, { ...actual, weights: undefined });
      });
    }
  });
}
