/**
 * Trains a found network from new weights with the loop of the search: SGD with momentum, cosine schedule, drop-path
 * rising to its final probability. Its test accuracy is what an architecture is judged by.
 */
import { networkCost } from '../cost/network';
import type { Config } from '../config/schema';
import type { ArrayBatch } from '../network/batch';
import { createFoundNetwork, type EngineOptions } from '../network/createSupernet';
import { drawGates } from '../network/dropPath';
import type { FoundNetwork } from '../network/foundNetwork';
import { cosineRate, Sgd } from '../network/optimizers';
import { addScore, emptySum, meanScore, type ScoreSum } from '../network/scores';
import type { RunEventOf } from '../protocol/events';
import { Random, type RandomState } from '../random';
import type { Snapshot } from '../runs/checkpoint';
import { PrefetchedSource, scoreBatches } from '../search/prefetch';
import type { BatchSource, Process, StepContext } from '../search/process';
import { planFoundNetwork } from '../space/cell/plan';
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
  readonly engine: EngineOptions;
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
  private readonly batches: PrefetchedSource;
  private dropPathRandom: Random;
  private epoch = 0;
  private step = 0;
  private stepInEpoch = 0;
  private sum = emptySum();
  private tested: Omit<RunEventOf<'network'>, 'seq' | 'time'> | undefined;

  constructor(private readonly context: TrainingContext) {
    const { config, genotype, skeleton, data, phase, index, engine } = context;
    this.epochs = config.final.epochs;
    this.stepsPerEpoch = data.stepsPerEpoch;
    this.batches = new PrefetchedSource(data.train);
    this.network = createFoundNetwork(planFoundNetwork(genotype, skeleton), engine);
    const stream = `${phase} ${index}`;
    const initial = this.network.layout.initialize(Random.fromSeed(config.seed, `${stream} weights`));
    this.sgd = new Sgd(initial, config.final);
    this.dropPathRandom = Random.fromSeed(config.seed, `${stream} drop-path`);
    this.stepWork = 3 * config.final.batchSize * networkCost(this.network.plan).flops;
  }

  get progress() {
    return { epoch: this.epoch, step: this.step };
  }

  get memory(): number | undefined {
    return this.network.memory;
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
    const { config, phase, index } = this.context;
    const learningRate = cosineRate(config.final, this.epoch, this.epochs);
    const dropPath = (config.final.dropPath * this.epoch) / this.epochs;
    const batch = this.batches.next();
    const [count] = batch.shape;
    const gates = drawGates(this.network.plan, count, dropPath, this.dropPathRandom);
    const pending = this.network.differentiate(batch, this.sgd.weights, gates);
    this.batches.prepare();
    const result = await pending;
    const score = addScore(result, count, this.sum);
    this.sgd.apply(result.weights, learningRate);
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
    const score = await scoreBatches(
      data.testBatches(),
      (batch) => this.network.evaluate(batch, this.sgd.weights),
      interrupted,
    );
    if (!score) return;
    const { loss, accuracy } = score;
    const { parameters, flops } = networkCost(this.network.plan);
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

  snapshot(): Snapshot<TrainingMeta> {
    const { epoch, step, stepInEpoch, sum } = this;
    const { weights, velocity } = this.sgd.state();
    const meta: TrainingMeta = {
      epoch,
      step,
      stepInEpoch,
      sum: { ...sum },
      dropPath: this.dropPathRandom.state(),
      train: this.batches.state(),
    };
    return { meta, arrays: { weights, velocity, statistics: this.network.statistics() } };
  }

  restore(snapshot: Snapshot): void {
    const meta = snapshot.meta as TrainingMeta;
    this.sgd.restore({ weights: snapshot.arrays.weights!, velocity: snapshot.arrays.velocity! });
    this.network.restoreStatistics(snapshot.arrays.statistics!);
    this.dropPathRandom = Random.fromState(meta.dropPath);
    this.batches.restore(meta.train);
    this.epoch = meta.epoch;
    this.step = meta.step;
    this.stepInEpoch = meta.stepInEpoch;
    this.sum = { ...meta.sum };
  }

  dispose(): void {
    this.network.dispose();
  }
}
