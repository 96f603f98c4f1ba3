/** Estimators that train every architecture from new weights; they differ in when they stop. */
import { Random } from '../random';
import type { Trial } from '../search/strategy';
import type { Snapshot } from '../snapshot';
import type { Genotype } from '../space/genotype';
import type { Estimator, EstimatorContext, Evaluation } from './estimator';
import { trainingWork } from './networkTrainer';
import { TrialTraining, type TrainingPolicy } from './trialTraining';

/** Architectures that stand for an average one. */
const drawn = 8;

/** Multiply–accumulates of a training step of an average architecture of the space. */
export function averageStepWork({ space, frame, training, seed }: EstimatorContext): number {
  const random = Random.fromSeed(seed, 'average architecture');
  let sum = 0;
  for (let i = 0; i < drawn; i++) {
    sum += trainingWork(space.proxy(space.sample(random), frame), training.batchSize);
  }
  return sum / drawn;
}

export class TrainingEstimator implements Estimator {
  readonly stepWork: number;
  readonly expectedSteps: { readonly preparation: number; readonly trial: number };

  constructor(
    private readonly context: EstimatorContext,
    private readonly policy: TrainingPolicy,
  ) {
    this.stepWork = averageStepWork(context);
    this.expectedSteps = { preparation: 0, trial: policy.epochs * context.data.stepsPerEpoch };
  }

  evaluate(genotype: Genotype, index: number): Evaluation {
    return new TrialTraining(this.context, this.policy, genotype, index);
  }

  receive(trial: Trial): void {
    this.policy.receive?.(trial);
  }

  snapshot(): Snapshot {
    return { meta: this.policy.state(), arrays: {} };
  }

  restore({ meta }: Snapshot): void {
    this.policy.restore(meta);
  }

  dispose(): void {
    // Networks belong to the evaluations.
  }
}

/** Every training goes on to its end. */
export function trainToTheEnd(epochs: number): TrainingPolicy {
  return {
    epochs,
    judges: () => false,
    stops: () => false,
    score: (curve) => curve.at(-1)!.score,
    state: () => null,
    restore: () => undefined,
  };
}
