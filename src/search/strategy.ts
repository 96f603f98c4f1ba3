/** One interface for every search strategy, so that the job knows none of them by name. */
import type { Config } from '../config/schema';
import type { ArrayBatch } from '../network/batch';
import type { EngineOptions } from '../network/createSupernet';
import type { CellSpace } from '../space/cell/space';
import type { CellKind, Genotype, Skeleton } from '../space/genotype';
import type { BatchSource, Process } from './process';

export interface SearchData {
  readonly classes: number;
  /** Trains w. */
  readonly train: BatchSource;
  /** Trains α. */
  readonly validation: BatchSource;
  /** One pass over the validation split, in order. */
  validationBatches(): Iterable<ArrayBatch>;
  /** Batches that a pass over the w split makes. */
  readonly stepsPerEpoch: number;
}

export interface SearchContext {
  readonly config: Config;
  readonly space: CellSpace;
  /** Of the supernet. */
  readonly skeleton: Skeleton;
  readonly data: SearchData;
  readonly engine: EngineOptions;
}

/** A search under way. */
export interface Search extends Process {
  /** What the search stands for now. */
  genotype(): Genotype;
  alphas(): Record<CellKind, number[][]>;
  /** Multiply–accumulates of one step, for time estimates. */
  readonly stepWork: number;
}

export interface Strategy {
  /** As in `strategy.type` of a config. */
  readonly name: string;
  readonly description: string;
  start(context: SearchContext): Search;
}
