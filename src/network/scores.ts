/** Losses and hits, averaged over an epoch. */
import * as z from 'zod';
import { UserError } from '../errors';
import type { ScoreName } from '../scores';
import type { BatchScore } from './supernet';

/** Mean loss and accuracy over batches. */
export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

/** What a network is judged by. */
export interface Judging {
  readonly classes: number;
  readonly score: ScoreName;
}

/** A network judged on a whole split. */
export interface Judgement extends Score {
  /** The one asked for; larger is better. */
  readonly score: number;
}

/** A judgement on the validation split as `epoch` events have it. */
export function validationOf({ loss, accuracy, score }: Judgement, name: ScoreName) {
  return {
    validationLoss: loss,
    validationAccuracy: accuracy,
    ...(name !== 'accuracy' && { validationScore: { name, value: score } }),
  };
}

/** Running sums of an epoch; plain data, so it can stand in a checkpoint. */
export const scoreSumState = z.object({ loss: z.number(), correct: z.number(), count: z.number() });
export type ScoreSum = z.output<typeof scoreSumState>;

export function emptySum(): ScoreSum {
  return { loss: 0, correct: 0, count: 0 };
}

/** Mean over what was added; zeros when nothing was. */
export function meanScore({ loss, correct, count }: ScoreSum): Score {
  return { loss: loss / Math.max(1, count), accuracy: correct / Math.max(1, count) };
}

/**
 * Adds a batch's loss and hits to a sum.
 * @param count images in the batch
 * @throws UserError when the loss is not a number any more
 */
export function addScore(
  { loss, correct }: Pick<BatchScore, 'loss' | 'correct'>,
  count: number,
  sum: ScoreSum,
): Score {
  if (!Number.isFinite(loss)) {
    throw new UserError(
      'The training diverged: the loss is no longer a number.',
      'Lower the learning rate, or gradientClip. The checkpoint from before is intact.',
      'diverged',
    );
  }
  sum.loss += loss * count;
  sum.correct += correct;
  sum.count += count;
  return { loss, accuracy: correct / count };
}
