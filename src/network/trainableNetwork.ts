/**
 * What a network with one operation an edge is to those who train one, in plain arrays: a pure function of weights, gates
 * and statistics. `FoundNetwork` keeps what has to be kept between two batches.
 */
import type { NetworkPlan } from '../space/plan';
import type { ArrayBatch } from './batch';
import type { ParameterLayout } from './parameters';
import type { BatchScore } from './supernet';

/** Factors of drop-path: [cell][edge] → one for each image [b]; undefined where an edge is never dropped. */
export type PathGates = readonly (readonly (Float32Array | undefined)[])[];

/** Means of all BNs one after the other, then their variances: [2, Σ channels]. */
export type Statistics = Float32Array;

export interface NetworkGradients extends BatchScore {
  /** ∂L/∂w as one flat vector. The receiver owns it. */
  readonly weights: Float32Array;
}

/** Loss and hits of a batch, and what the classes of its images are read from. */
export interface JudgedBatch extends BatchScore {
  /** What the softmax of each image is taken of: [images, classes]. The receiver owns it. */
  readonly logits: Float32Array;
}

/** A network at the end of its training, with what it was judged by. */
export interface TrainedNetwork {
  readonly weights: Float32Array;
  /** With which it was judged. */
  readonly statistics: Statistics;
  /** Of all images of the test split in their order: [images, classes]. */
  readonly logits: Float32Array;
}

/** One call at a time is allowed, as with a supernet. */
export interface TrainableNetwork {
  readonly plan: NetworkPlan;
  readonly layout: ParameterLayout;
  /** Values at the start of the weights that are the network's own, see `NetworkStructure`. */
  readonly size: number;
  /** Channels of every BN that it is judged with, by its index. */
  readonly batchNorms: readonly number[];
  /** Bytes that the engine holds, where it knows. */
  readonly memory?: number;
  /** Loss and ∇w of a training batch, BN with the statistics of the batch. */
  differentiate(batch: ArrayBatch, weights: Float32Array, gates?: PathGates): Promise<NetworkGradients>;
  /** The statistics with which `differentiate` would normalize, without gates; the variances are unbiased. */
  measure(batch: ArrayBatch, weights: Float32Array): Promise<Statistics>;
  /** Loss, hits and logits, BN with the statistics given. */
  evaluate(batch: ArrayBatch, weights: Float32Array, statistics: Statistics): Promise<JudgedBatch>;
  dispose(): void;
}
