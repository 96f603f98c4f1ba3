/**
 * Trains a found network from new weights with the loop of the search. Its test accuracy is what an architecture is
 * judged by in the end.
 */
import { networkCost } from '../cost/network';
import type { ArrayBatch } from '../network/batch';
import type { TrainedNetwork } from '../network/trainableNetwork';
import type { RunEventOf } from '../protocol/events';
import { Random } from '../random';
import type { ScoreName } from '../scores';
import type { Snapshot } from '../snapshot';
import type { BatchSource, Process, StepContext } from '../search/process';
import type { Genotype } from '../space/genotype';
import { NetworkTrainer, type TrainerOptions } from './networkTrainer';
import { makeTestReport, type Picture } from './testReport';
import { judgeImages, scoreError } from './testScore';

export interface TrainingData {
  readonly classNames: readonly string[];
  /** What networks are judged by on the test split. */
  readonly score: ScoreName;
  readonly train: BatchSource;
  /** One pass over the same images, in order and without augmentation, in batches of the same size. */
  plainBatches(): Iterable<ArrayBatch>;
  /** One pass over the test split, in order. */
  testBatches(): Iterable<ArrayBatch>;
  /** The picture at a position of the test split. */
  testPicture(position: number): Picture;
  readonly stepsPerEpoch: number;
}

type Schedule = Pick<
  TrainerOptions,
  'plan' | 'engine' | 'seed' | 'settings' | 'epochs' | 'recipe' | 'initial'
>;

export interface TrainingContext extends Schedule {
  /** Architecture of the network that `plan` builds. */
  readonly genotype: Genotype;
  readonly data: TrainingData;
  /** Steps from one `step` event to the next. */
  readonly logEverySteps: number;
  readonly phase: 'final' | 'baseline';
  /** Which network of the phase, from 0. */
  readonly index: number;
}

/** The training of one network. Its last `advance` judges the network on the test split. */
export class NetworkTraining implements Process {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly stepWork: number;
  private readonly trainer: NetworkTrainer;
  private tested: Omit<RunEventOf<'network'>, 'seq' | 'time'> | undefined;
  private logits: Float32Array = new Float32Array(0);

  constructor(private readonly context: TrainingContext) {
    const { plan, engine, seed, settings, epochs, recipe, initial, data, phase, index } = context;
    this.epochs = epochs;
    this.stepsPerEpoch = data.stepsPerEpoch;
    this.trainer = new NetworkTrainer({
      ...{ plan, engine, seed, settings, epochs, recipe, initial },
      stream: `${phase} ${index}`,
      stepsPerEpoch: data.stepsPerEpoch,
      train: data.train,
      plainBatches: () => data.plainBatches(),
      score: data.score,
    });
    this.stepWork = this.trainer.stepWork;
  }

  get progress() {
    return this.trainer.progress;
  }

  get memory(): number | undefined {
    return this.trainer.memory;
  }

  get done(): boolean {
    return this.tested !== undefined;
  }

  /** The judgement, once `done`. */
  get result() {
    return this.tested;
  }

  /** The network as it was judged, once `done`. */
  get trained(): TrainedNetwork {
    return { ...this.trainer.weights(), logits: this.logits };
  }

  async advance({ emit, interrupted }: StepContext): Promise<void> {
    if (this.progress.epoch < this.epochs) return this.train(emit);
    await this.test(emit, interrupted);
  }

  private async train(emit: StepContext['emit']): Promise<void> {
    const { logEverySteps, phase, index } = this.context;
    const step = await this.trainer.step();
    const last = this.trainer.epochFull;
    if (last || step.step % logEverySteps === 0) emit({ type: 'step', phase, index, ...step });
    if (last) emit({ type: 'epoch', phase, index, epoch: step.epoch, ...this.trainer.endEpoch() });
  }

  private async test(emit: StepContext['emit'], interrupted: () => boolean): Promise<void> {
    const { genotype, plan, data, phase, index, seed } = this.context;
    const pieces: Float32Array[] = [];
    const labels: number[] = [];
    const keep = (piece: Float32Array): void => void pieces.push(piece);
    const judged = await this.trainer.judge(labelled(data.testBatches(), labels), interrupted, keep);
    if (!judged) return;
    this.logits = joined(pieces);
    const { loss, accuracy, score } = judged;
    const images = judgeImages(this.logits, Uint16Array.from(labels), plan.classes);
    const error = (): number =>
      scoreError(data.score, images, plan.classes, Random.fromSeed(seed, `${phase} ${index} test`));
    const { parameters, flops } = networkCost(plan);
    this.tested = {
      type: 'network',
      phase,
      index,
      genotype,
      parameters,
      flops,
      testLoss: loss,
      testAccuracy: accuracy,
      ...(phase === 'final' && {
        report: makeTestReport(images, data.classNames, (position) => data.testPicture(position)),
      }),
      ...(data.score !== 'accuracy' && { testScore: { name: data.score, value: score, error: error() } }),
    };
    emit(this.tested);
  }

  snapshot(): Snapshot {
    return this.trainer.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.trainer.restore(snapshot);
  }

  dispose(): void {
    this.trainer.dispose();
  }
}

/** The same batches; their labels are added to a list as they pass. */
function* labelled(batches: Iterable<ArrayBatch>, labels: number[]): Generator<ArrayBatch, void, undefined> {
  for (const batch of batches) {
    labels.push(...Array.from(batch.labels));
    yield batch;
  }
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
