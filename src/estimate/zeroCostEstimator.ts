/** Judges untrained networks by a score from one batch; a trial is one step. */
import type { ArrayBatch } from '../network/batch';
import { layoutOf } from '../network/structure';
import { Random } from '../random';
import type { Snapshot } from '../snapshot';
import type { Genotype } from '../space/genotype';
import { AssessedAtOnce } from './atOnce';
import type { Estimator, EstimatorContext, Evaluation, Notice } from './estimator';
import type { ZeroCostOptions } from './estimators/zeroCost';
import { scoreBatch } from './scoreBatch';
import { averageStepWork } from './trainingEstimator';

export class ZeroCost implements Estimator {
  readonly stepWork: number;
  readonly expectedSteps = { preparation: 0, trial: 1 };
  readonly notices: readonly Notice[];
  private readonly batch: ArrayBatch;

  /** @throws UserError when the split that trains has too few different images */
  constructor(
    private readonly options: ZeroCostOptions,
    private readonly context: EstimatorContext,
  ) {
    const { data, training } = context;
    const { batch, notice } = scoreBatch(data.plainBatches(), options.images);
    this.batch = batch;
    this.notices = notice ? [{ level: 'warning', message: notice }] : [];
    this.stepWork = (averageStepWork(context) / training.batchSize) * batch.shape[0];
  }

  /** The weights start alike for all, so that a score depends on the architecture alone. */
  evaluate(genotype: Genotype): Evaluation {
    const { space, frame, seed, engine } = this.context;
    const plan = space.proxy(genotype, frame);
    return new AssessedAtOnce(1, async () => {
      const weights = layoutOf(plan).initialize(Random.fromSeed(seed, 'zero-cost weights'));
      await engine.startTensors?.();
      const { zeroCostProxies } = await import('../network/reference/zeroCost');
      const score = await zeroCostProxies[this.options.proxy](plan, weights, this.batch);
      return { score };
    });
  }

  snapshot(): Snapshot {
    return { meta: null, arrays: {} };
  }

  restore(): void {
    // Nothing changes.
  }

  dispose(): void {
    // Tensors do not outlive an assessment.
  }
}
