/**
 * What the job runs: anything that goes on step by step, reports events, and can be saved and continued. A search and the
 * training of a found network are both processes.
 */
import type { RunEventBody } from '../protocol/events';
import type { ArrayBatch } from '../network/batch';
import type { TrainedWeights } from '../network/trainedWeights';
import type { Snapshot } from '../snapshot';
import type { Genotype } from '../space/genotype';

/** Batches of a split, endlessly, from a random stream whose state can be saved. */
export interface BatchSource {
  next(): ArrayBatch;
  /** Plain data. */
  state(): unknown;
  restore(state: unknown): void;
}

export interface Progress {
  /** The epoch under way, from 0. */
  readonly epoch: number;
  /** Training steps done in all epochs. */
  readonly step: number;
  /** Share of the work done, 0 … 1, where steps are not alike; elsewhere it follows from their number. */
  readonly share?: number;
  /** Searches that judge architectures one by one: which one, from 0. Absent while they prepare. */
  readonly trial?: number | undefined;
}

/** A trial's network, as it was judged. */
export interface TrainedTrial {
  readonly index: number;
  readonly genotype: Genotype;
  /** Of all so far. */
  readonly isBest: boolean;
  readonly trained: TrainedWeights;
}

export interface StepContext {
  emit(event: RunEventBody): void;
  /** Takes the network of a trial that was trained to its end, where somebody keeps it. */
  keep?(trial: TrainedTrial): void;
  /** True when the person wants to stop or pause: long evaluations give way and are done again later. */
  interrupted(): boolean;
}

/** A search under way. */
export interface Search extends Process {
  /** What the search stands for now. @throws UserError when it has found nothing yet */
  genotype(): Genotype;
  /** Multiply–accumulates of one step, for time estimates. */
  readonly stepWork: number;
}

export interface Process {
  /** Searches that judge architectures one by one: how many at most; each then counts as an epoch. */
  readonly trials?: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly progress: Progress;
  readonly done: boolean;
  /** Bytes that the network's engine holds, where it knows. */
  readonly memory: number | undefined;
  /** One training step, and at the end of an epoch its evaluation; or less, in a search of trials. */
  advance(context: StepContext): Promise<void>;
  /** State between two steps, in arrays of its own. */
  snapshot(): Snapshot;
  /** @throws UserError with code `checkpoint-damaged` when the snapshot is damaged or of another network */
  restore(snapshot: Snapshot): void;
  dispose(): void;
}
