/** Ends the training of an architecture that learns no more, or that will not become the best. */
import * as z from 'zod';
import { requireState } from '../snapshot';
import type { Trial } from '../search/strategy';
import type { EarlyStoppingOptions } from './estimators/earlyStopping';
import { fitPowerLaw, powerLawAt } from './learningCurve';
import type { CurvePoint, TrainingPolicy } from './trialTraining';

/** Fewer points say too little about three unknowns. */
const pointsToExtrapolate = 5;

/** The best score of the trials so far. */
const earlyStoppingState = z.object({ best: z.number().nullable() });
type EarlyStoppingState = z.output<typeof earlyStoppingState>;

export class EarlyStopping implements TrainingPolicy {
  private best: number | undefined;

  constructor(private readonly options: EarlyStoppingOptions) {}

  get epochs(): number {
    return this.options.epochs;
  }

  judges(): boolean {
    return true;
  }

  stops(curve: readonly CurvePoint[]): boolean {
    return this.isStale(curve) || this.isHopeless(curve);
  }

  /** The best epoch, as if its weights were kept. */
  score(curve: readonly CurvePoint[]): number {
    return Math.max(...curve.map(({ score }) => score));
  }

  receive({ score }: Trial): void {
    if (score !== undefined && (this.best === undefined || score > this.best)) this.best = score;
  }

  state(): EarlyStoppingState {
    return { best: this.best ?? null };
  }

  restore(state: unknown): void {
    this.best = requireState(earlyStoppingState, state, 'the estimator').best ?? undefined;
  }

  /** For `patience` epochs none was better than the best by more than `minDelta`. */
  private isStale(curve: readonly CurvePoint[]): boolean {
    const { patience, minDelta } = this.options;
    let reference = -Infinity;
    let waited = 0;
    for (const { score } of curve) {
      if (score > reference + minDelta) {
        reference = score;
        waited = 0;
      } else {
        waited++;
      }
    }
    return waited >= patience;
  }

  /** Neither the curve so far nor its extrapolation to the last epoch reaches the best trial. */
  private isHopeless(curve: readonly CurvePoint[]): boolean {
    const { extrapolate, epochs } = this.options;
    if (!extrapolate || this.best === undefined || curve.length < pointsToExtrapolate) return false;
    if (this.score(curve) >= this.best) return false;
    const law = fitPowerLaw(
      curve.map((point) => point.epochs),
      curve.map(({ score }) => score),
    );
    return powerLawAt(law, epochs) < this.best;
  }
}
