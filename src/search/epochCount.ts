/** Where a training stands among its epochs, with the scores of the one under way. */
import * as z from 'zod';
import { addScore, emptySum, meanScore, scoreSumState, type Score } from '../network/scores';
import type { BatchScore } from '../network/supernet';
import { damagedState } from '../snapshot';
import type { Progress } from './process';

/** Plain data, for a checkpoint. */
export const epochState = z.object({
  epoch: z.number().int().min(0),
  step: z.number().int().min(0),
  stepInEpoch: z.number().int().min(0),
  sum: scoreSumState,
});
export type EpochState = Readonly<z.output<typeof epochState>>;

/** Counts the steps of epochs of one length. Between the last step of an epoch and its `end` there is time to judge it. */
export class EpochCount {
  private current: EpochState = { epoch: 0, step: 0, stepInEpoch: 0, sum: emptySum() };

  constructor(readonly stepsPerEpoch: number) {}

  get progress(): Progress {
    return { epoch: this.current.epoch, step: this.current.step };
  }

  /** All steps of this epoch are done. */
  get full(): boolean {
    return this.current.stepInEpoch === this.stepsPerEpoch;
  }

  /**
   * Adds the score of a batch to the epoch's. Called before the weights change, so that a step that diverged does not
   * reach them; `count` follows.
   * @throws UserError with code `diverged` when the loss is not a number
   */
  add(score: Pick<BatchScore, 'loss' | 'correct'>, images: number): Score {
    return addScore(score, images, this.current.sum);
  }

  /** Counts a step. */
  count(): void {
    const { step, stepInEpoch } = this.current;
    this.current = { ...this.current, step: step + 1, stepInEpoch: stepInEpoch + 1 };
  }

  /** Goes on to the next epoch. @returns the mean score of the one that ended */
  end(): Score {
    const { epoch, step, sum } = this.current;
    this.current = { epoch: epoch + 1, step, stepInEpoch: 0, sum: emptySum() };
    return meanScore(sum);
  }

  state(): EpochState {
    return { ...this.current, sum: { ...this.current.sum } };
  }

  /** @throws UserError with code `checkpoint-damaged` when it is of epochs of another length */
  restore(state: EpochState): void {
    const { epoch, step, stepInEpoch } = state;
    if (stepInEpoch > this.stepsPerEpoch || step !== epoch * this.stepsPerEpoch + stepInEpoch) {
      const place = `step ${step} is not in epoch ${epoch}`;
      throw damagedState('the epoch under way', `${place} where each has ${this.stepsPerEpoch}`);
    }
    this.current = { ...state, sum: { ...state.sum } };
  }
}
