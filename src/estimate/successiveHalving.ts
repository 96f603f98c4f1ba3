/**
 * Asynchronous successive halving (Li et al., 2020) in its stopping form: rungs at minEpochs·η^k epochs; past a rung goes
 * on only who is among the best 1/η of all that came to it so far. The first ones have no one to be compared with, and go on.
 */
import * as z from 'zod';
import { requireState } from '../snapshot';
import type { AshaOptions } from './estimators/asha';
import type { CurvePoint, TrainingPolicy } from './trialTraining';

const rungsState = z.array(z.array(z.number()));

export class SuccessiveHalving implements TrainingPolicy {
  /** Epochs of every rung below the last epoch. */
  readonly rungs: readonly number[];
  /** [rung]: scores recorded there. */
  private recorded: number[][];

  constructor(private readonly options: AshaOptions) {
    const { minEpochs, epochs, eta } = options;
    const rungs: number[] = [];
    for (let at = minEpochs; at < epochs; at *= eta) rungs.push(at);
    this.rungs = rungs;
    this.recorded = rungs.map(() => []);
  }

  get epochs(): number {
    return this.options.epochs;
  }

  judges(epochs: number): boolean {
    return this.rungs.includes(epochs);
  }

  stops(curve: readonly CurvePoint[]): boolean {
    const { epochs, score } = curve.at(-1)!;
    const rung = this.rungs.indexOf(epochs);
    if (rung < 0) return false;
    const here = this.recorded[rung]!;
    here.push(score);
    const better = here.filter((other) => other > score).length;
    return better >= Math.max(1, Math.floor(here.length / this.options.eta));
  }

  /** At the last rung reached. */
  score(curve: readonly CurvePoint[]): number {
    return curve.at(-1)!.score;
  }

  state(): number[][] {
    return this.recorded.map((rung) => [...rung]);
  }

  restore(state: unknown): void {
    this.recorded = requireState(rungsState, state, 'the estimator');
  }
}
