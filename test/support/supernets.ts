/** Small supernets of every form with weights, a mixture and a batch, the same on every backend. */
import type { ArrayBatch } from '../../src/network/batch';
import { partialMixtures, softmaxMixtures } from '../../src/network/mixture';
import { layoutOf } from '../../src/network/structure';
import type { Mixtures } from '../../src/network/supernet';
import { Random } from '../../src/random';
import { bench201Operations, planBench201Supernet } from '../../src/space/bench201/plan';
import { planSupernet } from '../../src/space/cell/plan';
import type { NetworkPlan } from '../../src/space/plan';
import { cellEdges, type CellSpace } from '../../src/space/cell/alpha';
import type { Skeleton } from '../../src/space/frame';
import { dartsOperations } from '../../src/space/operations';

export const dartsSpace: CellSpace = { operations: dartsOperations, nodes: 4, inputsPerNode: 2 };
export const smallSpace: CellSpace = { ...dartsSpace, nodes: 2 };
export const smallSkeleton: Skeleton = {
  cells: 3,
  channels: 4,
  stemMultiplier: 2,
  input: { height: 9, width: 8, channels: 2 },
  classes: 5,
};

export interface Fixture {
  readonly plan: NetworkPlan;
  readonly weights: Float32Array;
  readonly mixtures: Mixtures;
  readonly batch: ArrayBatch;
}

/** Random images of the plan's size with random labels. */
export function randomBatch({ input, classes }: NetworkPlan, size: number, random: Random): ArrayBatch {
  const { height, width, channels } = input;
  const images = Float32Array.from({ length: size * height * width * channels }, () => random.normal());
  const labels = Uint16Array.from({ length: size }, () => random.integer(classes));
  return { images, labels, shape: [size, height, width, channels] };
}

function fixtureOf(plan: NetworkPlan, batchSize: number, mix: (random: Random) => Mixtures): Fixture {
  const random = Random.fromSeed(7, 'fixture');
  const weights = layoutOf(plan).initialize(random);
  return { plan, weights, mixtures: mix(random), batch: randomBatch(plan, batchSize, random) };
}

function matrix(rows: number, columns: number, random: Random): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0.5 * random.normal()));
}

/** DARTS. */
export function smallFixture(batchSize = 6): Fixture {
  const rows = cellEdges(smallSpace.nodes).length;
  const columns = smallSpace.operations.length;
  return fixtureOf(planSupernet(smallSpace, smallSkeleton), batchSize, (random) =>
    softmaxMixtures({ normal: matrix(rows, columns, random), reduction: matrix(rows, columns, random) }),
  );
}

/** PC-DARTS: half of the channels pass by. */
export function partialFixture(batchSize = 6): Fixture {
  const edges = cellEdges(smallSpace.nodes);
  const columns = smallSpace.operations.length;
  return fixtureOf(planSupernet(smallSpace, smallSkeleton, { partialChannels: 2 }), batchSize, (random) => {
    const alphas = () => matrix(edges.length, columns, random);
    const betas = () => matrix(1, edges.length, random)[0]!;
    return partialMixtures(
      { normal: alphas(), reduction: alphas() },
      { normal: betas(), reduction: betas() },
      edges,
    );
  });
}

/** NAS-Bench-201, one cell a stage. */
export function bench201Fixture(batchSize = 6): Fixture {
  const { input, classes } = smallSkeleton;
  const plan = planBench201Supernet(bench201Operations, { channels: 4, cellsPerStage: 1, input, classes });
  return fixtureOf(plan, batchSize, (random) =>
    softmaxMixtures({ normal: matrix(6, bench201Operations.length, random), reduction: [] }),
  );
}

/** ‖a − b‖ / ‖b‖ */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}
