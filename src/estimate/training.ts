/**
 * Trains a found network from new weights with the loop of the search: SGD with momentum, cosine schedule, drop-path
 * rising to its final probability. Its test accuracy is what an architecture is judged by.
 */
import { networkCost } from '../cost/network';
import type { Config } from '../config/schema';
import { disposeBatch, toBatch, type ArrayBatch } from '../network/batch';
import { FoundNetwork } from '../network/foundNetwork';
import { cosineRate, Sgd } from '../network/optimizers';
import { emptySum, meanScore, readScore, type Score, type ScoreSum } from '../network/scores';
import type { RunEventOf } from '../protocol/events';
import { Random, type RandomState } from '../random';
import type { Snapshot } from '../runs/checkpoint';
import type { BatchSource, Process, StepContext } from '../search/process';
import type { Genotype, Skeleton } from '../space/genotype';

export interface TrainingData {
  readonly classes: number;
  readonly train: BatchSource;
  /** One pass over the test split, in order. */
  testBatches(): Iterable<ArrayBatch>;
  readonly stepsPerEpoch: number;
}

export interface TrainingContext {
  readonly config: Config;
  readonly genotype: Genotype;
  readonly skeleton: Skeleton;
  readonly data: TrainingData;
  readonly phase: 'final' | 'baseline';
  /** Which network of the phase, from 0. */
  readonly index: number;
}

interface TrainingMeta {
  readonly epoch: number;
  readonly step: number;
  readonly stepInEpoch: number;
  readonly sum: ScoreSum;
  readonly dropPath: RandomState;
  readonly train: unknown;
}

/** The training of one network. Its last `advance` judges the network on the test split. */
export class NetworkTraining implements Process {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly stepWork: number;
  private readonly network: FoundNetwork;
  private readonly sgd: Sgd;
  private dropPathRandom: Random;
  private epoch = 0;
  private step = 0;
  private stepInEpoch = 0;
  private sum = emptySum();
  private tested: Omit<RunEventOf<'network'>, 'seq' | 'time'> | undefined;

  constructor(private readonly context: TrainingContext) {
    const { config, genotype, skeleton, data, phase, index } = context;
    this.epochs = config.final.epochs;
    this.stepsPerEpoch = data.stepsPerEpoch;
    this.network = new FoundNetwork(genotype, skeleton);
    const stream = `${phase} ${index}`;
    const initial = this.network.network.layout.initialize(Random.fromSeed(config.seed, `${stream} weights`));
    this.sgd = new Sgd(initial, config.final);
    this.dropPathRandom = Random.fromSeed(config.seed, `${stream} drop-path`);
    this.stepWork = 3 * config.final.batchSize * networkCost(this.network.network.plan).flops;
  }

  get progress() {
    return { epoch: this.epoch, step: this.step };
  }

  get done(): boolean {
    return this.tested !== undefined;
  }

  /** The judgement, once `done`. */
  get result() {
    return this.tested;
  }

  async advance({ emit, interrupted }: StepContext): Promise<void> {
    if (this.epoch < this.epochs) return this.train(emit);
    await this.test(emit, interrupted);
  }

  private async train(emit: StepContext['emit']): Promise<void> {
    const { config, data, phase, index } = this.context;
    const learningRate = cosineRate(config.final, this.epoch, this.epochs);
    const dropPath = (config.final.dropPath * this.epoch) / this.epochs;
    const arrays = data.train.next();
    const batch = toBatch(arrays, data.classes);
    const result = this.network.differentiate(batch, this.sgd.weights, dropPath, this.dropPathRandom);
    disposeBatch(batch);
    const score = await readScore(result, arrays.shape[0], this.sum).catch((error: unknown) => {
      result.weights.dispose();
      throw error;
    });
    this.sgd.apply(result.weights, learningRate);
    result.weights.dispose();
    this.step++;
    this.stepInEpoch++;
    const { epoch, step } = this;
    const last = this.stepInEpoch === this.stepsPerEpoch;
    if (last || step % config.output.logEverySteps === 0) {
      emit({ type: 'step', phase, index, epoch, step, learningRate, ...score });
    }
    if (!last) return;
    emit({ type: 'epoch', phase, index, epoch, ...meanScore(this.sum) });
    this.sum = emptySum();
    this.epoch++;
    this.stepInEpoch = 0;
  }

  private async test(emit: StepContext['emit'], interrupted: () => boolean): Promise<void> {
    const { genotype, data, phase, index } = this.context;
    const sum = emptySum();
    for (const arrays of data.testBatches()) {
      if (interrupted()) return;
      const batch = toBatch(arrays, data.classes);
      const result = this.network.evaluate(batch, this.sgd.weights);
      disposeBatch(batch);
      await readScore(result, arrays.shape[0], sum);
    }
    const { loss, accuracy }: Score = meanScore(sum);
    const { parameters, flops } = networkCost(this.network.network.plan);
    this.tested = {
      type: 'network',
      phase,
      index,
      genotype,
      parameters,
      flops,
      testLoss: loss,
      testAccuracy: accuracy,
    };
    emit(this.tested);
  }

  async snapshot(): Promise<Snapshot<TrainingMeta>> {
    const { epoch, step, stepInEpoch, sum } = this;
    const { weights, velocity } = await this.sgd.state();
    const meta: TrainingMeta = {
      epoch,
      step,
      stepInEpoch,
      sum: { ...sum },
      dropPath: this.dropPathRandom.state(),
      train: this.context.data.train.state(),
    };
    return { meta, arrays: { weights, velocity, statistics: await this.network.statistics() } };
  }

  restore(snapshot: Snapshot): void {
    const meta = snapshot.meta as TrainingMeta;
    this.sgd.restore({ weights: snapshot.arrays.weights!, velocity: snapshot.arrays.velocity! });
    this.network.restoreStatistics(snapshot.arrays.statistics!);
    this.dropPathRandom = Random.fromState(meta.dropPath);
    this.context.data.train.restore(meta.train);
    this.epoch = meta.epoch;
    this.step = meta.step;
    this.stepInEpoch = meta.stepInEpoch;
    this.sum = { ...meta.sum };
  }

  dispose(): void {
    this.sgd.dispose();
    this.network.dispose();
  }
}
