/**
 * The training of one network: SGD with momentum and a cosine schedule, and what else its recipe says. The final training and
 * every estimator that trains are made of it.
 */
import * as z from 'zod';
import { networkCost } from '../cost/network';
import { createFoundNetwork, type EngineOptions } from '../network/engines';
import { withAuxiliary } from '../network/auxiliary';
import { drawGates } from '../network/dropPath';
import { WeightAverage } from '../network/weightAverage';
import type { FoundNetwork } from '../network/foundNetwork';
import type { JudgedBatch, TrainedNetwork } from '../network/trainableNetwork';
import { cosineRate, Sgd, type SgdSettings } from '../network/optimizers';
import type { Judgement, Score } from '../network/scores';
import { Random, randomState } from '../random';
import type { ScoreName } from '../scores';
import { EpochCount, epochState } from '../search/epochCount';
import { PrefetchedSource, scoreBatches } from '../search/prefetch';
import type { BatchSource, Progress } from '../search/process';
import type { ArrayBatch } from '../network/batch';
import { requireState, type Snapshot } from '../snapshot';
import type { NetworkPlan } from '../space/plan';

/** What a training may do beside gradient steps. */
export interface Recipe {
  /** Probability of dropping an edge at the end of the schedule; it rises from 0. */
  readonly dropPath: number;
  /** Epochs in which the learning rate rises, before the cosine schedule. */
  readonly warmupEpochs: number;
  /** ε of label smoothing. */
  readonly labelSmoothing: number;
  /** Weight of an auxiliary classifier's loss; 0: there is none. */
  readonly auxiliaryWeight: number;
  /** Decay of the average of weights that is judged and kept; 0: the weights of the last step are. */
  readonly weightAverage: number;
}

/** Nothing. */
export const plainRecipe: Recipe = {
  dropPath: 0,
  warmupEpochs: 0,
  labelSmoothing: 0,
  auxiliaryWeight: 0,
  weightAverage: 0,
};

export interface TrainerOptions {
  readonly plan: NetworkPlan;
  readonly engine: EngineOptions;
  readonly seed: number;
  /** Name of the training: its random numbers depend on it and on the seed alone. */
  readonly stream: string;
  readonly settings: SgdSettings & { readonly batchSize: number };
  /** Length of the schedule. */
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Nothing else draws from it. */
  readonly train: BatchSource;
  /** One pass over the images of `train`, in order and without augmentation, in batches of the same size. */
  plainBatches(): Iterable<ArrayBatch>;
  /** What `judge` judges by. */
  readonly score: ScoreName;
  readonly recipe: Recipe;
  /** Weights to start from, as long as those of `plan`; new ones unless given. */
  readonly initial?: Float32Array;
}

/** Most batches that BN's statistics are measured over; with more, the scores measured in docs/results.md stay as they are. */
const mostMeasured = 16;
/** Fewer would leave statistics to the chance of single images. */
const fewestMeasured = 2;
/** Share of an epoch's work that measuring may take, beyond the fewest batches. */
const measuringShare = 0.03;
/** A step's work in forward passes: one forward, about two backward. */
const passesPerStep = 3;

/** Over how many batches BN's statistics are measured before an evaluation, which there may be after every epoch. */
export function measuredBatches(stepsPerEpoch: number): number {
  const affordable = Math.floor(measuringShare * passesPerStep * stepsPerEpoch);
  return Math.min(stepsPerEpoch, mostMeasured, Math.max(fewestMeasured, affordable));
}

/** The source of batches checks its own. */
const trainerState = z.object({ count: epochState, dropPath: randomState, train: z.unknown() });
type TrainerMeta = z.output<typeof trainerState>;

/** A training step, as events report it. */
export interface TrainingStep extends Progress, Score {
  readonly learningRate: number;
}

export class NetworkTrainer {
  /** Multiply–accumulates of one step: forward and backward are about three forward passes. */
  readonly stepWork: number;
  private readonly network: FoundNetwork;
  private readonly sgd: Sgd;
  private readonly batches: PrefetchedSource;
  private readonly count: EpochCount;
  private readonly average: WeightAverage | undefined;
  private dropPathRandom: Random;

  /** @throws Unsupported where the engine asked for has no kernels for a layer */
  constructor(private readonly options: TrainerOptions) {
    const { plan, engine, seed, stream, settings, train, stepsPerEpoch, recipe } = options;
    this.batches = new PrefetchedSource(train);
    this.count = new EpochCount(stepsPerEpoch);
    const { auxiliaryWeight, weightAverage } = recipe;
    this.network = createFoundNetwork(
      auxiliaryWeight > 0 ? withAuxiliary(plan, auxiliaryWeight) : plan,
      engine,
    );
    const initial = this.network.layout.initialize(Random.fromSeed(seed, `${stream} weights`));
    // What only training has is behind them.
    initial.set(options.initial ?? []);
    this.sgd = new Sgd(initial, settings);
    this.average = weightAverage > 0 ? new WeightAverage(initial, weightAverage) : undefined;
    this.dropPathRandom = Random.fromSeed(seed, `${stream} drop-path`);
    this.stepWork = trainingWork(plan, settings.batchSize);
  }

  get progress(): Progress {
    return this.count.progress;
  }

  /** All steps of this epoch are done; `endEpoch` goes on to the next one. */
  get epochFull(): boolean {
    return this.count.full;
  }

  /** Bytes that the network's engine holds, where it knows. */
  get memory(): number | undefined {
    return this.network.memory;
  }

  /** @throws UserError with code `diverged` when the loss is not a number */
  async step(): Promise<TrainingStep> {
    const { settings, epochs, recipe } = this.options;
    const { dropPath, warmupEpochs, labelSmoothing: smoothing } = recipe;
    const { epoch } = this.progress;
    const learningRate = cosineRate(settings, epoch, epochs, warmupEpochs);
    const drawn = this.batches.next();
    const batch = smoothing > 0 ? { ...drawn, smoothing } : drawn;
    const [images] = batch.shape;
    const gates = drawGates(this.network.plan, images, (dropPath * epoch) / epochs, this.dropPathRandom);
    const pending = this.network.differentiate(batch, this.sgd.weights, gates);
    this.batches.prepare();
    const result = await pending;
    const score = this.count.add(result, images);
    this.sgd.apply(result.weights, learningRate);
    this.count.count();
    this.average?.add(this.sgd.weights, this.progress.step);
    return { ...this.progress, learningRate, ...score };
  }

  /** Goes on to the next epoch. @returns the mean score of the one that ended */
  endEpoch(): Score {
    return this.count.end();
  }

  /**
   * Loss and score of batches, with statistics of BN that are measured for the weights as they are. Always over the same images,
   * so that a judgement which was interrupted comes out alike when it is made again.
   * @param keep gets the logits of each batch, in order
   * @returns undefined when interrupted
   */
  async judge(
    batches: Iterable<ArrayBatch>,
    interrupted: () => boolean,
    keep?: (logits: Float32Array) => void,
  ): Promise<Judgement | undefined> {
    const { plan, score, plainBatches, stepsPerEpoch } = this.options;
    const measured = firstOf(plainBatches(), measuredBatches(stepsPerEpoch));
    const { judged: weights } = this;
    if (!(await this.network.measure(measured, weights, interrupted))) return undefined;
    const evaluate = async (batch: ArrayBatch): Promise<JudgedBatch> => {
      const judged = await this.network.evaluate(batch, weights);
      keep?.(judged.logits);
      return judged;
    };
    return scoreBatches(batches, evaluate, interrupted, { classes: plan.classes, score });
  }

  /** The weights that networks are judged with. */
  private get judged(): Float32Array {
    return this.average?.values ?? this.sgd.weights;
  }

  /** Copies of the weights and statistics that the network is judged with. */
  weights(): Pick<TrainedNetwork, 'weights' | 'statistics'> {
    return { weights: this.judged.slice(0, this.network.size), statistics: this.network.statistics() };
  }

  snapshot(): Snapshot<TrainerMeta> {
    const { weights, velocity } = this.sgd.state();
    const meta: TrainerMeta = {
      count: this.count.state(),
      dropPath: this.dropPathRandom.state(),
      train: this.batches.state(),
    };
    const statistics = this.network.statistics();
    const average = this.average && { average: this.average.values.slice() };
    return { meta, arrays: { weights, velocity, statistics, ...average } };
  }

  /** @throws UserError with code `checkpoint-damaged` when the snapshot is damaged or of another network */
  restore({ meta, arrays }: Snapshot): void {
    const { count, dropPath, train } = requireState(trainerState, meta, 'the training');
    this.sgd.restore(arrays);
    this.average?.restore(arrays);
    this.network.restoreStatistics(arrays);
    this.dropPathRandom = Random.fromState(dropPath);
    this.batches.restore(train);
    this.count.restore(count);
  }

  dispose(): void {
    this.network.dispose();
  }
}

/** @param count 1 or more */
function* firstOf<T>(values: Iterable<T>, count: number): Generator<T, void, undefined> {
  let left = count;
  for (const value of values) {
    yield value;
    if (--left === 0) return;
  }
}

/** Multiply–accumulates of one training step. */
export function trainingWork(plan: NetworkPlan, batchSize: number): number {
  return passesPerStep * batchSize * networkCost(plan).flops;
}
