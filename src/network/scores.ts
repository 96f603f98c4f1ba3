/** Losses and hits: read back from tensors, and averaged over an epoch. */
import type * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../errors';

/** Mean loss and accuracy over batches. */
export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

/** Running sums of an epoch; plain data, so it can stand in a checkpoint. */
export interface ScoreSum {
  loss: number;
  correct: number;
  count: number;
}

export function emptySum(): ScoreSum {
  return { loss: 0, correct: 0, count: 0 };
}

/** Mean over what was added; zeros when nothing was. */
export function meanScore({ loss, correct, count }: ScoreSum): Score {
  return { loss: loss / Math.max(1, count), accuracy: correct / Math.max(1, count) };
}

/**
 * Reads a batch's loss and hits, frees their tensors and adds them to a sum.
 * @throws UserError when the loss is not a number any more
 */
export async function readScore(
  tensors: { loss: tf.Scalar; correct: tf.Scalar },
  count: number,
  sum: ScoreSum,
): Promise<Score> {
  const [[loss], [correct]] = await Promise.all([tensors.loss.data(), tensors.correct.data()]);
  tensors.loss.dispose();
  tensors.correct.dispose();
  if (!Number.isFinite(loss)) {
    throw new UserError(
      'The training diverged: the loss is no longer a number.',
      'Lower the learning rate, or gradientClip. The checkpoint from before is intact.',
      'diverged',
    );
  }
  sum.loss += loss! * count;
  sum.correct += correct!;
  sum.count += count;
  return { loss: loss!, accuracy: correct! / count };
}
