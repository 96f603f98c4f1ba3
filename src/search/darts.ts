/**
 * DARTS, first order (Liu et al., 2019, algorithm 1 with ξ = 0): before each step of the weights w on one half of the
 * data, one step of α on the other half, at the current w.
 */
import * as tf from '@tensorflow/tfjs-core';
import { networkCost } from '../cost/network';
import { disposeBatch, toBatch, type ArrayBatch } from '../network/batch';
import { Adam, cosineRate, Sgd, type AdamState } from '../network/optimizers';
import { emptySum, meanScore, readScore, type Score, type ScoreSum } from '../network/scores';
import { ReferenceSupernet, type Alphas, type Supernet } from '../network/supernet';
import { Random } from '../random';
import type { Snapshot } from '../runs/checkpoint';
import { discretize } from '../space/cell/space';
import type { CellKind, Genotype } from '../space/genotype';
import type { StepContext } from './process';
import type { Search, SearchContext, Strategy } from './strategy';

interface DartsMeta {
  readonly epoch: number;
  readonly step: number;
  readonly stepInEpoch: number;
  readonly sum: ScoreSum;
  readonly normal: AdamState;
  readonly reduction: AdamState;
  readonly train: unknown;
  readonly validation: unknown;
}

class DartsSearch implements Search {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly stepWork: number;
  private readonly supernet: Supernet;
  private readonly sgd: Sgd;
  private readonly adam: Readonly<Record<CellKind, Adam>>;
  private epoch = 0;
  private step = 0;
  private stepInEpoch = 0;
  private sum = emptySum();

  constructor(private readonly context: SearchContext) {
    const { config, space, skeleton, data } = context;
    this.epochs = config.budget.epochs;
    this.stepsPerEpoch = data.stepsPerEpoch;
    this.supernet = new ReferenceSupernet(space, skeleton);
    const { layout, plan } = this.supernet.network;
    this.sgd = new Sgd(layout.initialize(Random.fromSeed(config.seed, 'supernet weights')), config.training);
    const random = Random.fromSeed(config.seed, 'alpha');
    const [edges, operations] = this.supernet.alphaShape;
    const start = (): Adam => {
      const values = Float64Array.from(
        { length: edges * operations },
        () => config.strategy.initialScale * random.normal(),
      );
      return new Adam(values, config.strategy);
    };
    this.adam = { normal: start(), reduction: start() };
    // Forward and backward are about three forward passes; after the warm-up each step does them for w and for α.
    this.stepWork = 6 * config.training.batchSize * networkCost(plan).flops;
  }

  get progress() {
    return { epoch: this.epoch, step: this.step };
  }

  get done(): boolean {
    return this.epoch >= this.epochs;
  }

  async advance({ emit, interrupted }: StepContext): Promise<void> {
    const { config } = this.context;
    if (this.stepInEpoch < this.stepsPerEpoch) {
      const validation = this.epoch >= config.strategy.warmupEpochs ? await this.stepAlpha() : undefined;
      const learningRate = cosineRate(config.training, this.epoch, this.epochs);
      const score = await this.stepWeights(learningRate);
      this.step++;
      this.stepInEpoch++;
      const last = this.stepInEpoch === this.stepsPerEpoch;
      if (last || this.step % config.output.logEverySteps === 0) {
        const { epoch, step } = this;
        emit({
          type: 'step',
          phase: 'search',
          index: 0,
          epoch,
          step,
          learningRate,
          ...score,
          validationLoss: validation?.loss,
        });
        emit({ type: 'alpha', epoch, step, ...this.alphas() });
      }
      if (!last) return;
    }
    const validation = await this.validate(interrupted);
    if (!validation) return;
    const { epoch } = this;
    emit({
      type: 'epoch',
      phase: 'search',
      index: 0,
      epoch,
      ...meanScore(this.sum),
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
    });
    emit({ type: 'genotype', epoch, genotype: this.genotype() });
    this.sum = emptySum();
    this.epoch++;
    this.stepInEpoch = 0;
  }

  genotype(): Genotype {
    return discretize(this.context.space, this.alphas());
  }

  alphas(): Record<CellKind, number[][]> {
    const operations = this.supernet.alphaShape[1];
    const rows = ({ values }: Adam): number[][] =>
      Array.from({ length: values.length / operations }, (_, edge) => [
        ...values.subarray(edge * operations, (edge + 1) * operations),
      ]);
    return { normal: rows(this.adam.normal), reduction: rows(this.adam.reduction) };
  }

  async snapshot(): Promise<Snapshot<DartsMeta>> {
    const { epoch, step, stepInEpoch, sum, adam } = this;
    const { weights, velocity } = await this.sgd.state();
    const meta: DartsMeta = {
      epoch,
      step,
      stepInEpoch,
      sum: { ...sum },
      normal: adam.normal.state(),
      reduction: adam.reduction.state(),
      train: this.context.data.train.state(),
      validation: this.context.data.validation.state(),
    };
    return { meta, arrays: { weights, velocity } };
  }

  restore(snapshot: Snapshot): void {
    const meta = snapshot.meta as DartsMeta;
    this.sgd.restore({ weights: snapshot.arrays.weights!, velocity: snapshot.arrays.velocity! });
    this.adam.normal.restore(meta.normal);
    this.adam.reduction.restore(meta.reduction);
    this.context.data.train.restore(meta.train);
    this.context.data.validation.restore(meta.validation);
    this.epoch = meta.epoch;
    this.step = meta.step;
    this.stepInEpoch = meta.stepInEpoch;
    this.sum = { ...meta.sum };
  }

  dispose(): void {
    this.sgd.dispose();
  }

  /** α as tensors; the caller disposes them. */
  private alphaTensors(): Alphas {
    const tensor = (adam: Adam): tf.Tensor2D =>
      tf.tensor2d(Float32Array.from(adam.values), [...this.supernet.alphaShape]);
    return { normal: tensor(this.adam.normal), reduction: tensor(this.adam.reduction) };
  }

  /** α ← Adam(∇α L_val(w, α)), equation 5 with ξ = 0. */
  private async stepAlpha(): Promise<Score> {
    const { data } = this.context;
    const batch = toBatch(data.validation.next(), data.classes);
    const alphas = this.alphaTensors();
    const count = batch.images.shape[0];
    const result = this.supernet.differentiate(batch, this.sgd.weights, alphas, 'alphas');
    const gradients = result.alphas!;
    const [normal, reduction] = await Promise.all([gradients.normal.data(), gradients.reduction.data()]);
    tf.dispose([gradients.normal, gradients.reduction, alphas.normal, alphas.reduction]);
    disposeBatch(batch);
    const score = await readScore(result, count, emptySum());
    this.adam.normal.apply(normal);
    this.adam.reduction.apply(reduction);
    return score;
  }

  /** w ← SGD(∇w L_train(w, α)). */
  private async stepWeights(learningRate: number): Promise<Score> {
    const { data } = this.context;
    const batch = toBatch(data.train.next(), data.classes);
    const alphas = this.alphaTensors();
    const count = batch.images.shape[0];
    const result = this.supernet.differentiate(batch, this.sgd.weights, alphas, 'weights');
    tf.dispose([alphas.normal, alphas.reduction]);
    disposeBatch(batch);
    // The loss is read first: a step that diverged must not reach the weights.
    const score = await readScore(result, count, this.sum).catch((error: unknown) => {
      result.weights!.dispose();
      throw error;
    });
    this.sgd.apply(result.weights!, learningRate);
    result.weights!.dispose();
    return score;
  }

  /** Score of the supernet over the validation split; undefined when interrupted. */
  private async validate(interrupted: () => boolean): Promise<Score | undefined> {
    const { data } = this.context;
    const sum = emptySum();
    for (const arrays of data.validationBatches()) {
      if (interrupted()) return undefined;
      await this.evaluateBatch(arrays, sum);
    }
    return meanScore(sum);
  }

  private async evaluateBatch(arrays: ArrayBatch, sum: ScoreSum): Promise<void> {
    const batch = toBatch(arrays, this.context.data.classes);
    const alphas = this.alphaTensors();
    const result = this.supernet.evaluate(batch, this.sgd.weights, alphas);
    tf.dispose([alphas.normal, alphas.reduction]);
    disposeBatch(batch);
    await readScore(result, arrays.shape[0], sum);
  }
}

export const darts: Strategy = {
  name: 'darts',
  description:
    'Differentiable search: α and the weights of a supernet are trained in turns (Liu et al., 2019).',
  start: (context) => new DartsSearch(context),
};
