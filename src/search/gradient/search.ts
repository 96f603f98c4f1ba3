/**
 * Gradient searches (DARTS, Liu et al., 2019, algorithm 1; PC-DARTS, Xu et al., 2020). Weights w and an architecture α are
 * trained in turns on two halves of the data: α ← Adam(∇α L_val(w − ξ·∇w L_train(w, α), α)), then w ← SGD(∇w L_train(w, α)).
 *
 * First order sets ξ = 0, so that the gradient of α is plainly ∇α L_val(w, α): one backward pass.
 * Second order sets ξ to the learning rate of w and looks one step ahead, w′ = w − ξ·∇w L_train(w, α), the step being that of
 * SGD with its momentum and weight decay. By the chain rule (equation 7) the gradient of α is then
 *
 *     ∇α L_val(w′, α) − ξ·∇²αw L_train(w, α)·v,   v = ∇w′ L_val(w′, α).
 *
 * The product of the mixed second derivative with v is a central difference of two gradients of α (equation 8):
 * [∇α L_train(w + ε·v, α) − ∇α L_train(w − ε·v, α)] / 2ε with ε = 0.01/‖v‖. Both are taken around w, not around w′.
 *
 * The parts: `architecture.ts` (α and β), `secondOrder.ts` (the gradient through a step of w), `expectedCost.ts` (λ·cost),
 * `limitPenalty.ts` (limits), `guard.ts` and `eigenvalue.ts` (collapse). Strategies are `GradientMethod`s.
 */
import * as z from 'zod';
import { layersCost } from '../../cost/layers';
import { networkCost } from '../../cost/network';
import { limitNames, type Limits } from '../../cost/limits';
import { operationCosts, type OperationSite } from '../../cost/operationCosts';
import type { TrialCosts } from '../../cost/trialCosts';
import { UserError } from '../../errors';
import type { ArrayBatch } from '../../network/batch';
import { createSupernet, type EngineOptions } from '../../network/engines';
import { adamState, cosineRate, Sgd, type SgdSettings } from '../../network/optimizers';
import { addScore, emptySum, validationOf, type Score } from '../../network/scores';
import type { BatchScore, Mixtures, Supernet } from '../../network/supernet';
import { Random } from '../../random';
import { requireState, type Snapshot } from '../../snapshot';
import type { NetworkFrame } from '../../space/frame';
import type { Genotype } from '../../space/genotype';
import type { NetworkPlan } from '../../space/plan';
import type { SearchSpace, SupernetSpace } from '../../space/searchSpace';
import { EpochCount, epochState } from '../epochCount';
import { PrefetchedSource, scoreBatches } from '../prefetch';
import type { Search, StepContext } from '../process';
import type { SearchData } from '../searchData';
import type { PenaltyOptions } from '../strategies/gradientOptions';
import type { GradientMethod } from '../strategy';
import { Architecture } from './architecture';
import { dominantEigenvalue } from './eigenvalue';
import { CollapseGuard, guardState } from './guard';
import { ExpectedCost } from './expectedCost';
import { isSteered, LimitPenalty, steeredCosts, type Constraint } from './limitPenalty';
import { secondOrderGradient } from './secondOrder';

export interface GradientContext {
  readonly seed: number;
  /** Has a supernet. */
  readonly space: SearchSpace;
  readonly frame: NetworkFrame;
  readonly data: SearchData;
  readonly engine: EngineOptions;
  readonly training: SgdSettings & { readonly batchSize: number };
  readonly epochs: number;
  readonly logEverySteps: number;
  /** Milliseconds of an operation, where a latency table is given. */
  readonly latency?: (site: OperationSite) => number;
  /** Limits on the network that is found, and what that of a genotype costs. */
  readonly limits?: { readonly allowed: Limits; costs(genotype: Genotype): TrialCosts };
}

/** λ·cost beside L_val. */
interface Penalty {
  readonly lambda: number;
  readonly cost: ExpectedCost;
}

/** The sources of batches check their own. */
const gradientState = z.object({
  count: epochState,
  architecture: adamState,
  guard: guardState,
  /** λ of every limit that steers. */
  limits: z.array(z.number().min(0)).readonly(),
  train: z.unknown(),
  validation: z.unknown(),
});
type GradientMeta = z.output<typeof gradientState>;

/** Multiply–accumulates of one step on a supernet. */
export function gradientStepWork(
  plan: NetworkPlan,
  { order }: Pick<GradientMethod, 'order'>,
  batchSize: number,
): number {
  // Forward and backward are about three forward passes; after the warm-up each step does them for w and for α.
  return 3 * (order === 'second' ? 5 : 2) * batchSize * networkCost(plan).flops;
}

export class GradientSearch implements Search {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly stepWork: number;
  private readonly supernet: Supernet;
  private readonly space: SupernetSpace;
  private readonly sgd: Sgd;
  private readonly architecture: Architecture;
  private readonly penalty: Penalty | undefined;
  private readonly limits: LimitPenalty;
  private readonly guard: CollapseGuard;
  /** w somewhere else, for steps of second order. */
  private readonly moved: Float32Array | undefined;
  private readonly train: PrefetchedSource;
  private readonly validation: PrefetchedSource;
  private readonly count: EpochCount;

  /**
   * @throws RangeError when the space has no supernet, or not with so many channels
   * @throws UserError when the cost to be kept small is not known, or nothing has it
   */
  constructor(
    private readonly method: GradientMethod,
    private readonly context: GradientContext,
  ) {
    const { seed, space, frame, data, engine, training } = context;
    if (!space.supernet) throw new RangeError(`The space "${space.type}" has no supernet.`);
    this.space = space.supernet;
    this.epochs = context.epochs;
    this.stepsPerEpoch = data.stepsPerEpoch;
    this.count = new EpochCount(data.stepsPerEpoch);
    this.train = new PrefetchedSource(data.train);
    this.validation = new PrefetchedSource(data.validation);
    this.architecture = new Architecture(this.space, method, Random.fromSeed(seed, 'alpha'));
    this.penalty = method.penalty && this.makePenalty(method.penalty);
    this.limits = new LimitPenalty(this.constraints());
    this.guard = new CollapseGuard(method.guard, this.space.operations, method.warmupEpochs);
    this.supernet = createSupernet(this.space.plan(frame, method), engine);
    const { layout, plan } = this.supernet;
    this.sgd = new Sgd(layout.initialize(Random.fromSeed(seed, 'supernet weights')), training);
    if (method.order === 'second') this.moved = new Float32Array(this.sgd.weights.length);
    this.stepWork = gradientStepWork(plan, method, training.batchSize);
  }

  get progress() {
    return this.count.progress;
  }

  get memory(): number | undefined {
    return this.supernet.memory;
  }

  get done(): boolean {
    return this.progress.epoch >= this.epochs || this.guard.kept !== undefined;
  }

  async advance(context: StepContext): Promise<void> {
    if (!this.count.full) await this.advanceStep(context);
    if (this.count.full) await this.endEpoch(context);
  }

  genotype(): Genotype {
    return this.guard.kept?.genotype ?? this.space.discretize(this.architecture.edgeWeights());
  }

  snapshot(): Snapshot<GradientMeta> {
    const { weights, velocity } = this.sgd.state();
    const meta: GradientMeta = {
      count: this.count.state(),
      architecture: this.architecture.state(),
      guard: this.guard.state(),
      limits: this.limits.state(),
      train: this.train.state(),
      validation: this.validation.state(),
    };
    return { meta, arrays: { weights, velocity } };
  }

  restore(snapshot: Snapshot): void {
    const meta = requireState(gradientState, snapshot.meta, 'the search');
    this.sgd.restore(snapshot.arrays);
    this.architecture.restore(meta.architecture);
    this.guard.restore(meta.guard);
    this.limits.restore(meta.limits);
    this.train.restore(meta.train);
    this.validation.restore(meta.validation);
    this.count.restore(meta.count);
  }

  dispose(): void {
    this.supernet.dispose();
  }

  /** One step of α, unless warming up, and one of w. */
  private async advanceStep({ emit }: StepContext): Promise<void> {
    const { training, logEverySteps } = this.context;
    const { epoch } = this.progress;
    const searching = epoch >= this.method.warmupEpochs;
    const learningRate = cosineRate(training, epoch, this.epochs);
    const batch = this.train.next();
    const validation = searching ? await this.stepArchitecture(batch, learningRate) : undefined;
    const score = await this.stepWeights(batch, learningRate, searching);
    this.count.count();
    const { step } = this.progress;
    if (!this.count.full && step % logEverySteps !== 0) return;
    const { architecture, penalty } = this;
    emit({
      type: 'step',
      phase: 'search',
      index: 0,
      epoch,
      step,
      learningRate,
      ...score,
      validationLoss: validation?.loss,
      expectedCost: penalty?.cost.expected(architecture.mixtures()),
    });
    emit({ type: 'alpha', epoch, step, ...architecture.alphas, betas: architecture.betas });
  }

  /** Judges the supernet and what α stands for. Given up when interrupted, and then done again from the start. */
  private async endEpoch({ emit, interrupted }: StepContext): Promise<void> {
    const mixtures = this.architecture.mixtures();
    const validation = await scoreBatches(
      this.context.data.validationBatches(),
      (batch) => this.supernet.evaluate(batch, this.sgd.weights, mixtures),
      interrupted,
      this.context.data,
    );
    if (!validation) return;
    const { epoch } = this.progress;
    const measured = this.guard.wantsEigenvalue(epoch);
    const eigenvalue = measured ? await this.eigenvalue(interrupted) : undefined;
    if (measured && eigenvalue === undefined) return;
    emit({
      type: 'epoch',
      phase: 'search',
      index: 0,
      epoch,
      ...this.count.end(),
      ...validationOf(validation, this.context.data.score),
    });
    const genotype = this.genotype();
    emit({ type: 'genotype', epoch, genotype });
    if (epoch >= this.method.warmupEpochs) this.heedLimits(genotype, emit);
    emit({ type: 'collapse', epoch, ...this.guard.judge(epoch, genotype, eigenvalue) });
    const { kept } = this.guard;
    if (kept) emit({ type: 'genotype', ...kept });
  }

  /** α, β ← Adam(∇[L_val + λ·cost]), equation 5, of first or of second order. */
  private async stepArchitecture(train: ArrayBatch, learningRate: number): Promise<Score> {
    const { architecture, penalty, limits } = this;
    const batch = this.validation.next();
    const mixtures = architecture.mixtures();
    const pulled = (gradient: Mixtures): number[] =>
      architecture.gradient(limits.added(penalty ? penalty.cost.added(gradient, penalty.lambda) : gradient));
    let gradient: number[];
    let result: BatchScore;
    if (this.moved) {
      const losses = {
        trainWeights: async (w: Float32Array) =>
          (await this.supernet.differentiate(train, w, mixtures, 'weights')).weights!,
        trainArchitecture: async (w: Float32Array) =>
          architecture.gradient(
            (await this.supernet.differentiate(train, w, mixtures, 'mixtures')).mixtures!,
          ),
        validation: async (w: Float32Array) => {
          const both = await this.supernet.differentiate(batch, w, mixtures, 'both');
          return { weights: both.weights!, architecture: pulled(both.mixtures!), result: both };
        },
      };
      ({ gradient, result } = await secondOrderGradient(losses, this.sgd, learningRate, this.moved));
    } else {
      const pending = this.supernet.differentiate(batch, this.sgd.weights, mixtures, 'mixtures');
      this.train.prepare();
      const first = await pending;
      [gradient, result] = [pulled(first.mixtures!), first];
    }
    // First the score: a step that diverged must not reach α.
    const score = addScore(result, batch.shape[0], emptySum());
    architecture.apply(gradient);
    return score;
  }

  /** w ← SGD(∇w L_train(w, α)). */
  private async stepWeights(batch: ArrayBatch, learningRate: number, searching: boolean): Promise<Score> {
    const pending = this.supernet.differentiate(
      batch,
      this.sgd.weights,
      this.architecture.mixtures(),
      'weights',
    );
    this.train.prepare();
    if (searching) this.validation.prepare();
    const result = await pending;
    const score = this.count.add(result, batch.shape[0]);
    this.sgd.apply(result.weights!, learningRate);
    return score;
  }

  private heedLimits(genotype: Genotype, emit: StepContext['emit']): void {
    const { limits } = this.context;
    if (!limits) return;
    for (const broken of this.limits.ascend(limits.costs(genotype))) {
      const message = `The network of epoch ${this.progress.epoch} has ${broken}. From now on α is drawn towards less.`;
      emit({ type: 'notice', level: 'info', message });
    }
  }

  /** Limits that α can do something about. */
  private constraints(): Constraint[] {
    const allowed = this.context.limits?.allowed ?? {};
    return limitNames(allowed).flatMap((limit) => {
      if (!isSteered(limit)) return [];
      const cost = this.expectedCost(steeredCosts[limit]);
      return cost.isZero ? [] : [{ limit, allowed: allowed[limit]!, cost }];
    });
  }

  private makePenalty({ cost: name, lambda }: PenaltyOptions): Penalty {
    const cost = this.expectedCost(name);
    if (!cost.isZero) return { lambda, cost };
    throw new UserError(
      `strategy.penalty asks for less ${name}, but no operation of this space has any.`,
      'Leave the penalty out, or give it another cost.',
      'config',
    );
  }

  /** @throws UserError when the cost is latency and there is no table of it */
  private expectedCost(cost: PenaltyOptions['cost']): ExpectedCost {
    const { frame, latency } = this.context;
    if (cost === 'latency' && !latency) {
      throw new UserError(
        'A penalty on latency needs a latency table.',
        'Measure one with `nas latency` and name it in limits.latencyTable.',
        'config',
      );
    }
    const costOf = (site: OperationSite): number =>
      cost === 'latency' ? latency!(site) : layersCost(site.layers, site.input)[cost];
    // At full width, which is that of the found network.
    const costs = operationCosts(this.space.plan(frame), costOf);
    const uniform = this.architecture.mixtures(this.architecture.values.map(() => 0));
    return new ExpectedCost(costs, uniform);
  }

  /** On the first images of the validation split, always the same. @returns undefined when interrupted */
  private async eigenvalue(interrupted: () => boolean): Promise<number | undefined> {
    const { data, training, seed } = this.context;
    const [first] = data.architectureBatches();
    const batch = firstImages(first!, training.batchSize);
    const gradient = async (point: number[]): Promise<number[]> => {
      const mixtures = this.architecture.mixtures(point);
      const { mixtures: result } = await this.supernet.differentiate(
        batch,
        this.sgd.weights,
        mixtures,
        'mixtures',
      );
      return this.architecture.gradient(result!, point);
    };
    const random = Random.fromSeed(seed, `eigenvalue ${this.progress.epoch}`);
    return dominantEigenvalue(this.architecture.values, gradient, random, interrupted);
  }
}

function firstImages({ images, labels, shape, lossWeights }: ArrayBatch, count: number): ArrayBatch {
  const [size, height, width, channels] = shape;
  const kept = Math.min(size, count);
  return {
    images: images.slice(0, kept * height * width * channels),
    labels: Array.from(labels).slice(0, kept),
    lossWeights: lossWeights?.slice(0, kept),
    shape: [kept, height, width, channels],
  };
}
