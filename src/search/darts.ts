/**
 * DARTS, first order (Liu et al., 2019, algorithm 1 with ξ = 0): before each step of the weights w on one half of the
 * data, one step of α on the other half, at the current w.
 */
import { networkCost } from '../cost/network';
import { createSupernet } from '../network/createSupernet';
import { softmaxGradient, softmaxMixtures } from '../network/mixture';
import { Adam, cosineRate, Sgd, type AdamState } from '../network/optimizers';
import { addScore, emptySum, meanScore, type Score, type ScoreSum } from '../network/scores';
import type { Supernet } from '../network/supernet';
import { Random } from '../random';
import type { Snapshot } from '../runs/checkpoint';
import { planSupernet } from '../space/cell/plan';
import { cellEdges, discretize } from '../space/cell/space';
import type { CellKind, Genotype } from '../space/genotype';
import { PrefetchedSource, scoreBatches } from './prefetch';
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
  private readonly train: PrefetchedSource;
  private readonly validation: PrefetchedSource;
  private epoch = 0;
  private step = 0;
  private stepInEpoch = 0;
  private sum = emptySum();

  constructor(private readonly context: SearchContext) {
    const { config, space, skeleton, data, engine } = context;
    this.epochs = config.budget.epochs;
    this.stepsPerEpoch = data.stepsPerEpoch;
    this.train = new PrefetchedSource(data.train);
    this.validation = new PrefetchedSource(data.validation);
    this.supernet = createSupernet(planSupernet(space, skeleton), engine);
    const { layout, plan } = this.supernet;
    this.sgd = new Sgd(layout.initialize(Random.fromSeed(config.seed, 'supernet weights')), config.training);
    const random = Random.fromSeed(config.seed, 'alpha');
    const alphas = cellEdges(space.nodes).length * space.operations.length;
    const start = (): Adam => {
      const values = Float64Array.from(
        { length: alphas },
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

  get memory(): number | undefined {
    return this.supernet.memory;
  }

  get done(): boolean {
    return this.epoch >= this.epochs;
  }

  async advance({ emit, interrupted }: StepContext): Promise<void> {
    const { config } = this.context;
    if (this.stepInEpoch < this.stepsPerEpoch) {
      const searching = this.epoch >= config.strategy.warmupEpochs;
      const validation = searching ? await this.stepAlpha() : undefined;
      const learningRate = cosineRate(config.training, this.epoch, this.epochs);
      const score = await this.stepWeights(learningRate, searching);
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
    const mixtures = softmaxMixtures(this.alphas());
    const validation = await scoreBatches(
      this.context.data.validationBatches(),
      (batch) => this.supernet.evaluate(batch, this.sgd.weights, mixtures),
      interrupted,
    );
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
    const operations = this.context.space.operations.length;
    const rows = ({ values }: Adam): number[][] =>
      Array.from({ length: values.length / operations }, (_, edge) => [
        ...values.subarray(edge * operations, (edge + 1) * operations),
      ]);
    return { normal: rows(this.adam.normal), reduction: rows(this.adam.reduction) };
  }

  snapshot(): Snapshot<DartsMeta> {
    const { epoch, step, stepInEpoch, sum, adam } = this;
    const { weights, velocity } = this.sgd.state();
    const meta: DartsMeta = {
      epoch,
      step,
      stepInEpoch,
      sum: { ...sum },
      normal: adam.normal.state(),
      reduction: adam.reduction.state(),
      train: this.train.state(),
      validation: this.validation.state(),
    };
    return { meta, arrays: { weights, velocity } };
  }

  restore(snapshot: Snapshot): void {
    const meta = snapshot.meta as DartsMeta;
    this.sgd.restore({ weights: snapshot.arrays.weights!, velocity: snapshot.arrays.velocity! });
    this.adam.normal.restore(meta.normal);
    this.adam.reduction.restore(meta.reduction);
    this.train.restore(meta.train);
    this.validation.restore(meta.validation);
    this.epoch = meta.epoch;
    this.step = meta.step;
    this.stepInEpoch = meta.stepInEpoch;
    this.sum = { ...meta.sum };
  }

  dispose(): void {
    this.supernet.dispose();
  }

  /** α ← Adam(∇α L_val(w, α)), equation 5 with ξ = 0. */
  private async stepAlpha(): Promise<Score> {
    const alphas = this.alphas();
    const batch = this.validation.next();
    const pending = this.supernet.differentiate(batch, this.sgd.weights, softmaxMixtures(alphas), 'mixtures');
    this.train.prepare();
    const result = await pending;
    const score = addScore(result, batch.shape[0], emptySum());
    const gradient = softmaxGradient(alphas, result.mixtures!);
    this.adam.normal.apply(gradient.normal.flat());
    this.adam.reduction.apply(gradient.reduction.flat());
    return score;
  }

  /** w ← SGD(∇w L_train(w, α)). */
  private async stepWeights(learningRate: number, searching: boolean): Promise<Score> {
    const mixtures = softmaxMixtures(this.alphas());
    const batch = this.train.next();
    const pending = this.supernet.differentiate(batch, this.sgd.weights, mixtures, 'weights');
    (searching ? this.validation : this.train).prepare();
    const result = await pending;
    // First the score: a step that diverged must not reach the weights.
    const score = addScore(result, batch.shape[0], this.sum);
    this.sgd.apply(result.weights!, learningRate);
    return score;
  }
}

export const darts: Strategy = {
  name: 'darts',
  description:
    'Differentiable search: α and the weights of a supernet are trained in turns (Liu et al., 2019).',
  start: (context) => new DartsSearch(context),
};
