/** What a network has learned. */
import type { NetworkStructure } from '../network/structure';
import type { Statistics } from '../network/trainableNetwork';

export interface TrainedWeights {
  /** The flat vector that the structure's layout describes. */
  readonly weights: Float32Array;
  /** Means of all BNs one after the other, then their variances. */
  readonly statistics: Statistics;
}

/** @throws RangeError for weights of another network */
export function requireFitting(
  { layout, batchNorms }: NetworkStructure,
  { weights, statistics }: TrainedWeights,
): void {
  const channels = batchNorms.reduce((sum, count) => sum + count, 0);
  if (weights.length === layout.size && statistics.length === 2 * channels) return;
  throw new RangeError(
    `${weights.length} weights and ${statistics.length} statistics are not those of a network with ${layout.size} and ${2 * channels}.`,
  );
}
