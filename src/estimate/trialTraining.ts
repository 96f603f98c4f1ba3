/** The training of one proposed architecture, judged on the validation split, until a policy ends it. */
import * as z from 'zod';
import { validationOf } from '../network/scores';
import type { StepContext } from '../search/process';
import type { Trial } from '../search/strategy';
import { requireState, type Snapshot } from '../snapshot';
import type { Assessment, EstimatorContext, Evaluation } from './estimator';
import { NetworkTrainer, plainRecipe } from './networkTrainer';
import type { TrainedWeights } from '../network/trainedWeights';
import type { Genotype } from '../space/genotype';

/** Validation after some epochs, as checkpoints keep it. */
const curvePointState = z.object({
  loss: z.number(),
  /** The score asked for, larger is better. */
  score: z.number(),
  /** Epochs done. */
  epochs: z.number().int().min(1),
});
export type CurvePoint = Readonly<z.output<typeof curvePointState>>;

/** Decides, over all trials, how long a training goes on. */
export interface TrainingPolicy {
  /** Most epochs, which is the length of the learning rate's schedule. */
  readonly epochs: number;
  /** Whether the network is judged after so many epochs; after the last one it always is. */
  judges(epochs: number): boolean;
  /** After each judgement, the last one too. Asked once for each, so that it may take note of it. */
  stops(curve: readonly CurvePoint[]): boolean;
  /** What the trial is worth. */
  score(curve: readonly CurvePoint[]): number;
  receive?(trial: Trial): void;
  /** Plain data that survives JSON. */
  state(): unknown;
  restore(state: unknown): void;
}

/** The trainer checks its own. */
const trialState = z.object({ trainer: z.unknown(), curve: z.array(curvePointState).readonly() });
type TrialMeta = z.output<typeof trialState>;

export class TrialTraining implements Evaluation {
  private readonly trainer: NetworkTrainer;
  private curve: readonly CurvePoint[] = [];
  private assessment: Assessment | undefined;

  /** @param index of the trial */
  constructor(
    private readonly context: EstimatorContext,
    private readonly policy: TrainingPolicy,
    genotype: Genotype,
    private readonly index: number,
  ) {
    const { space, frame, data, engine, seed, training } = context;
    const stream = `trial ${index}`;
    this.trainer = new NetworkTrainer({
      ...{ engine, seed, stream },
      plan: space.proxy(genotype, frame),
      settings: training,
      epochs: policy.epochs,
      stepsPerEpoch: data.stepsPerEpoch,
      train: data.trainBatches(stream),
      plainBatches: () => data.plainBatches(),
      score: data.score,
      recipe: plainRecipe,
    });
  }

  get done(): boolean {
    return this.assessment !== undefined;
  }

  get steps(): number {
    return this.trainer.progress.step;
  }

  get memory(): number | undefined {
    return this.trainer.memory;
  }

  get result(): Assessment | undefined {
    return this.assessment;
  }

  get trained(): TrainedWeights | undefined {
    const isWhole = this.assessment && this.curve.at(-1)?.epochs === this.policy.epochs;
    return isWhole ? this.trainer.weights() : undefined;
  }

  async advance({ emit, interrupted }: StepContext): Promise<void> {
    const { trainer, policy, index: trial } = this;
    const place = { phase: 'search', index: 0, trial } as const;
    if (!trainer.epochFull) {
      const step = await trainer.step();
      if (trainer.epochFull || step.step % this.context.logEverySteps === 0) {
        emit({ type: 'step', ...place, ...step });
      }
      if (!trainer.epochFull) return;
    }
    const { epoch } = trainer.progress;
    const epochs = epoch + 1;
    const last = epochs === policy.epochs;
    if (!last && !policy.judges(epochs)) {
      emit({ type: 'epoch', ...place, epoch, ...trainer.endEpoch() });
      return;
    }
    const judged = await trainer.judge(this.context.data.validationBatches(), interrupted);
    if (!judged) return;
    this.curve = [...this.curve, { epochs, loss: judged.loss, score: judged.score }];
    const validation = validationOf(judged, this.context.data.score);
    emit({ type: 'epoch', ...place, epoch, ...trainer.endEpoch(), ...validation });
    if (!policy.stops(this.curve) && !last) return;
    const metrics = { epochs, validationLoss: judged.loss };
    this.assessment = { score: policy.score(this.curve), metrics };
  }

  snapshot(): Snapshot<TrialMeta> {
    const { meta, arrays } = this.trainer.snapshot();
    return { meta: { trainer: meta, curve: this.curve }, arrays };
  }

  restore({ meta, arrays }: Snapshot): void {
    const { trainer, curve } = requireState(trialState, meta, 'the trial');
    this.trainer.restore({ meta: trainer, arrays });
    this.curve = curve;
  }

  dispose(): void {
    this.trainer.dispose();
  }
}
