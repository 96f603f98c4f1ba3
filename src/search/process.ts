/**
 * What the job runs: anything that goes on step by step, reports events, and can be saved and continued. A supernet
 * search and the training of a found network are both processes.
 */
import type { RunEventBody } from '../protocol/events';
import type { ArrayBatch } from '../network/batch';
import type { Snapshot } from '../runs/checkpoint';

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
}

export interface StepContext {
  emit(event: RunEventBody): void;
  /** True when the person wants to stop or pause: long evaluations give way and are done again later. */
  interrupted(): boolean;
}

export interface Process {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly progress: Progress;
  readonly done: boolean;
  /** Bytes that the network's engine holds, where it knows. */
  readonly memory: number | undefined;
  /** One training step, and at the end of an epoch its evaluation. */
  advance(context: StepContext): Promise<void>;
  /** State between two steps, in arrays of its own. */
  snapshot(): Snapshot;
  /** @throws RangeError when the snapshot is of another network */
  restore(snapshot: Snapshot): void;
  dispose(): void;
}
