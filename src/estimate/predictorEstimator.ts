/**
 * Judges by prediction once enough architectures were trained. Some predicted ones are trained too: their errors and rank
 * correlation say what the predictions are worth.
 */
import * as z from 'zod';
import { GaussianProcesses } from '../search/predictor/gaussianProcesses';
import type { StrategyReport, Trial } from '../search/strategy';
import { requireState, type Snapshot } from '../snapshot';
import type { Genotype } from '../space/genotype';
import { spearman } from '../statistics';
import { AssessedAtOnce } from './atOnce';
import type { Estimator, EstimatorContext, Evaluation } from './estimator';
import type { PredictorOptions } from './estimators/predictor';
import { TrainingEstimator, trainToTheEnd } from './trainingEstimator';

/** A trained architecture. */
const pointState = z.object({ features: z.array(z.number()).readonly(), score: z.number() });

/** A trained architecture that had been predicted. */
const auditState = z.object({ predicted: z.number(), score: z.number() });

const predictorState = z.object({
  points: z
    .array(pointState)
    .refine((points) => new Set(points.map(({ features }) => features.length)).size <= 1, {
      error: 'not all have the same features',
    })
    .readonly(),
  audits: z.array(auditState).readonly(),
  /** Architectures predicted so far, audited ones too. */
  predictions: z.number().int().min(0),
});
type PredictorState = Readonly<z.output<typeof predictorState>>;

/** Two pairs have a correlation of ±1 whatever they are. */
const leastForCorrelation = 3;

export class PredictorEstimator implements Estimator {
  readonly stepWork: number;
  readonly expectedSteps: { readonly preparation: number; readonly trial: number };
  private readonly training: TrainingEstimator;
  private current: PredictorState = { points: [], audits: [], predictions: 0 };
  private audited = false;

  constructor(
    private readonly options: PredictorOptions,
    private readonly context: EstimatorContext,
  ) {
    const { epochs, warmup, auditEvery } = options;
    const { trials } = context;
    this.training = new TrainingEstimator(context, trainToTheEnd(epochs));
    this.stepWork = this.training.stepWork;
    // Trained ones are spread over all trials, since all count alike.
    const trained = Math.min(trials, warmup) + Math.max(0, trials - warmup) / auditEvery;
    const trial = (this.training.expectedSteps.trial * trained) / trials;
    this.expectedSteps = { preparation: 0, trial };
  }

  evaluate(genotype: Genotype, index: number): Evaluation {
    const trains = this.current.points.length < this.options.warmup || this.isAudit;
    return trains ? this.training.evaluate(genotype, index) : this.predicted(genotype);
  }

  receive({ genotype, status, score }: Trial): void {
    this.audited = false;
    if (status === 'rejected') return;
    const { points, audits, predictions } = this.current;
    const warm = points.length >= this.options.warmup;
    const audit = warm && this.isAudit;
    const trained = !warm || audit;
    if (warm) this.current = { ...this.current, predictions: predictions + 1 };
    if (!trained || score === undefined) return;
    if (audit) {
      const predicted = this.predict(genotype).mean;
      this.current = { ...this.current, audits: [...audits, { predicted, score }] };
      this.audited = true;
    }
    const features = this.context.space.features(genotype);
    this.current = { ...this.current, points: [...points, { features, score }] };
  }

  /** After an audit: mean absolute error over all of them and, from three on, Spearman's ρ. */
  report(): StrategyReport | undefined {
    if (!this.audited) return undefined;
    const { audits } = this.current;
    const errors = audits.map(({ predicted, score }) => Math.abs(predicted - score));
    const meanAbsoluteError = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    if (audits.length < leastForCorrelation) return { meanAbsoluteError };
    const rank = spearman(
      audits.map(({ predicted }) => predicted),
      audits.map(({ score }) => score),
    );
    return Number.isFinite(rank) ? { meanAbsoluteError, spearman: rank } : { meanAbsoluteError };
  }

  snapshot(): Snapshot<PredictorState> {
    return { meta: this.current, arrays: {} };
  }

  restore({ meta }: Snapshot): void {
    this.current = requireState(predictorState, meta, 'the estimator');
  }

  dispose(): void {
    this.training.dispose();
  }

  /** Whether the next predicted architecture is trained too. */
  private get isAudit(): boolean {
    return (this.current.predictions + 1) % this.options.auditEvery === 0;
  }

  private predicted(genotype: Genotype): Evaluation {
    // Next to nothing beside a training.
    return new AssessedAtOnce(1e-3, () => {
      const { mean, deviation } = this.predict(genotype);
      return Promise.resolve({ score: mean, metrics: { predicted: 1, deviation } });
    });
  }

  private predict(genotype: Genotype) {
    const { points } = this.current;
    const model = new GaussianProcesses();
    model.fit(
      points.map(({ features }) => features),
      points.map(({ score }) => score),
    );
    return model.predict([this.context.space.features(genotype)])[0]!;
  }
}
