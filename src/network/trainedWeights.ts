/** What a network has learned, in plain arrays. */
import type { GenotypeFile } from '../space/genotype';
import { planNetwork } from '../space/network';
import { structureOf, type NetworkStructure } from './structure';
import type { TrainedNetwork } from './trainableNetwork';

/** The flat vector that the structure's layout describes, and what belongs to it. */
export type TrainedWeights = Pick<TrainedNetwork, 'weights' | 'statistics'>;

/** @throws RangeError for weights of another network */
function requireFitting(
  { layout, batchNorms }: Pick<NetworkStructure, 'layout' | 'batchNorms'>,
  { weights, statistics }: TrainedWeights,
): void {
  const channels = batchNorms.reduce((sum, count) => sum + count, 0);
  if (weights.length === layout.size && statistics.length === 2 * channels) return;
  throw new RangeError(
    `${weights.length} weights and ${statistics.length} statistics are not those of a network with ${layout.size} and ${2 * channels}.`,
  );
}

/**
 * The structure of the network that a genotype file describes.
 * @throws RangeError for weights of another network
 */
export function fittingStructure(
  { genotype, network }: Pick<GenotypeFile, 'genotype' | 'network'>,
  trained: TrainedWeights,
): NetworkStructure {
  const structure = structureOf(planNetwork(genotype, network));
  requireFitting(structure, trained);
  return structure;
}

/** What a BN knows of its channels. */
export interface Moments {
  /** [channels] */
  readonly mean: Float32Array;
  /** [channels] */
  readonly variance: Float32Array;
}

/**
 * Mean and variance of every BN, by its index.
 * @param batchNorms their channels
 * @param statistics means of all one after the other, then their variances
 */
export function momentsOf(batchNorms: readonly number[], statistics: Float32Array): Moments[] {
  const channels = batchNorms.reduce((sum, count) => sum + count, 0);
  let start = 0;
  return batchNorms.map((count) => {
    const own = (from: number) => statistics.subarray(from, from + count);
    const moments = { mean: own(start), variance: own(channels + start) };
    start += count;
    return moments;
  });
}
