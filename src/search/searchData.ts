/** The batches of a search, as the job hands them to strategies and estimators. */
import type { ArrayBatch } from '../network/batch';
import type { ScoreName } from '../scores';
import type { BatchSource } from './process';

export interface SearchData {
  readonly classes: number;
  /** What architectures are judged by on the validation split. */
  readonly score: ScoreName;
  /** Trains w. */
  readonly train: BatchSource;
  /** Trains α. */
  readonly validation: BatchSource;
  /** Batches of the w split in an order of its own, for the training of one architecture. */
  trainBatches(stream: string): BatchSource;
  /** One pass over the w split, in order and without augmentation: the same each time, and no stream draws for it. */
  plainBatches(): Iterable<ArrayBatch>;
  /** One pass over the validation split, in order, with the weights that classes have in the loss of α. */
  architectureBatches(): Iterable<ArrayBatch>;
  /** One pass over the validation split, in order, for scores: every image counts the same. */
  validationBatches(): Iterable<ArrayBatch>;
  /** Batches that a pass over the w split makes. */
  readonly stepsPerEpoch: number;
}
