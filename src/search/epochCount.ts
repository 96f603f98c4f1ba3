/** Where a training stands among its epochs, with the scores of the one under way. */
import { addScore, emptySum, meanScore, type Score, type ScoreSum } from '../network/scores';
import type { BatchScore } from '../network/supernet';
import type { Progress } from './process';

/** Plain data, for a checkpoint. */
export interface EpochState {
  readonly epoch: number;
  readonly step: number;
  readonly stepInEpoch: number;
  readonly sum: ScoreSum;
}

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
  add(score: BatchScore, images: number): Score {
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

  restore(state: EpochState): void {
    this.current = { ...state, sum: { ...state.sum } };
  }
}
