/**
 * What a supernet is to those who train one, in plain arrays: a pure function of weights and mixture. Engines differ in
 * how they compute it, not in what: the same numbers in give the same loss and gradients out, up to rounding.
 */
import type { CellKind } from '../space/frame';
import type { NetworkPlan } from '../space/plan';
import type { ArrayBatch } from './batch';
import type { ParameterLayout } from './parameters';

/**
 * Weights of the candidates in all cells of one kind, after any softmax. A weight of exactly 0 means that the candidate
 * is not computed and that the weight's gradient is 0: this is how a sampled path is expressed.
 */
export interface MixtureWeights {
  /** [edge][operation] */
  readonly operations: readonly (readonly number[])[];
  /** [edge], partial channels only: weight of the channels that pass by. */
  readonly bypass?: readonly number[];
}

/** A kind that the network has no cells of may have no rows. */
export type Mixtures = Readonly<Record<CellKind, MixtureWeights>>;

/** What is seen of a batch: its loss, and what its images were taken for. */
export interface BatchScore {
  /** Mean cross-entropy, by `lossWeights` where the batch has them. */
  readonly loss: number;
  /** Number of images classified right. */
  readonly correct: number;
  /** The class with the largest logit of each image, [b]. */
  readonly predicted: Uint16Array;
}

export interface SupernetGradients extends BatchScore {
  /** ∂L/∂w as one flat vector, as `layout` orders it. The receiver owns it. */
  readonly weights?: Float32Array;
  /** ∂L/∂ each weight of the mixture, in the shapes that the mixture had. */
  readonly mixtures?: Mixtures;
}

/**
 * BN uses the statistics of the batch, in `evaluate` too. One call at a time: the next one starts when the promise of the
 * one before is settled, and until then its arrays must not change.
 */
export interface Supernet {
  readonly plan: NetworkPlan;
  readonly layout: ParameterLayout;
  /** Bytes that the engine holds, where it knows. */
  readonly memory?: number;
  /** Loss and the gradients asked for, all at the same w and mixture. */
  differentiate(
    batch: ArrayBatch,
    weights: Float32Array,
    mixtures: Mixtures,
    wanted: 'weights' | 'mixtures' | 'both',
  ): Promise<SupernetGradients>;
  /** Loss and hits without gradients. */
  evaluate(batch: ArrayBatch, weights: Float32Array, mixtures: Mixtures): Promise<BatchScore>;
  dispose(): void;
}
