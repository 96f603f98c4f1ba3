/** The next batch, made while the engine works on the one before. */
import type { ArrayBatch } from '../network/batch';
import { addScore, emptySum, meanScore, type Judgement, type Judging } from '../network/scores';
import type { BatchScore } from '../network/supernet';
import { countImages, emptyCounts, scoreOf } from '../scores';
import type { BatchSource } from './process';

/** A source that can make its next batch ahead of time. Its state is that of a source which did not. */
export class PrefetchedSource implements BatchSource {
  /** A batch that was made and not handed out yet, with the state from before it. */
  private ahead: { readonly batch: ArrayBatch; readonly state: unknown } | undefined;

  /** @param source nothing else may draw from it */
  constructor(private readonly source: BatchSource) {}

  /** Makes the next batch now. Worth while a step is under way in other threads: called after it has been started. */
  prepare(): void {
    if (this.ahead) return;
    const state = this.source.state();
    this.ahead = { batch: this.source.next(), state };
  }

  next(): ArrayBatch {
    const batch = this.ahead?.batch ?? this.source.next();
    this.ahead = undefined;
    return batch;
  }

  state(): unknown {
    return this.ahead ? this.ahead.state : this.source.state();
  }

  restore(state: unknown): void {
    this.ahead = undefined;
    this.source.restore(state);
  }
}

/**
 * The score over batches, each made while the one before is judged.
 * @returns undefined when interrupted
 */
export async function scoreBatches(
  batches: Iterable<ArrayBatch>,
  evaluate: (batch: ArrayBatch) => Promise<BatchScore>,
  interrupted: () => boolean,
  { classes, score }: Judging,
): Promise<Judgement | undefined> {
  const sum = emptySum();
  const counts = emptyCounts(classes);
  const iterator = batches[Symbol.iterator]();
  let current = iterator.next();
  while (!current.done) {
    if (interrupted()) return undefined;
    const pending = evaluate(current.value);
    const { shape, labels } = current.value;
    current = iterator.next();
    const judged = await pending;
    addScore(judged, shape[0], sum);
    countImages(labels, judged.predicted, counts);
  }
  const mean = meanScore(sum);
  return { ...mean, score: scoreOf(score, counts, mean.loss) };
}
