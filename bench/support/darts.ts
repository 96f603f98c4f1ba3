/** DARTS supernets of any size, with weights and a batch, for whoever measures a step on them. */
import type { ArrayBatch } from '../../src/network/batch';
import { partialMixtures, softmaxMixtures } from '../../src/network/mixture';
import { layoutOf } from '../../src/network/structure';
import type { Mixtures } from '../../src/network/supernet';
import { Random } from '../../src/random';
import { planSupernet } from '../../src/space/cell/plan';
import type { NetworkPlan } from '../../src/space/plan';
import { cellEdges } from '../../src/space/cell/alpha';
import { dartsOperations } from '../../src/space/operations';
import { randomBatch } from '../../test/support/supernets';

export interface Size {
  /** Channels of the first cell. */
  readonly channels: number;
  readonly cells: number;
  readonly batch: number;
  readonly nodes: number;
  readonly operations: readonly string[];
  /** Height and width of the images. */
  readonly side: number;
  /** K of PC-DARTS; 1 for DARTS. */
  readonly partial: number;
}

/** A small search on CIFAR-10. */
export const smallSize: Size = {
  channels: 8,
  cells: 4,
  batch: 32,
  nodes: 4,
  operations: dartsOperations,
  side: 32,
  partial: 1,
};

export function dartsPlan({ channels, cells, nodes, operations, side, partial }: Size): NetworkPlan {
  const input = { height: side, width: side, channels: 3 };
  const skeleton = { channels, cells, stemMultiplier: 3, input, classes: 10 };
  return planSupernet({ operations, nodes, inputsPerNode: 2 }, skeleton, { partialChannels: partial });
}

/** As a search begins: α (and β with partial channels) all 0. */
export function uniformMixtures({ nodes, operations, partial }: Size): Mixtures {
  const edges = cellEdges(nodes);
  const zeros = edges.map(() => operations.map(() => 0));
  const alphas = { normal: zeros, reduction: zeros };
  if (partial === 1) return softmaxMixtures(alphas);
  const betas = edges.map(() => 0);
  return partialMixtures(alphas, { normal: betas, reduction: betas }, edges);
}

/** Weights as a search begins with, and a batch of noise. */
export function startOf(plan: NetworkPlan, batch: number): { weights: Float32Array; batch: ArrayBatch } {
  const random = Random.fromSeed(1, 'bench');
  return { weights: layoutOf(plan).initialize(random), batch: randomBatch(plan, batch, random) };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
