/**
 * Weight sharing: a supernet is trained by sampled paths, then its weights judge every architecture. `uniform` trains one
 * architecture a step (single-path one-shot; Guo et al., 2020). `fair` trains every operation of every edge once a step, in
 * as many paths as there are operations, whose gradients are added (strict fairness of FairNAS; Chu et al., 2021).
 *
 * BN of a supernet keeps no statistics: it normalizes with those of the batch, in validation too. That is the
 * re-estimation of BN for each sub-network that weight sharing needs, since statistics of many paths fit none of them.
 */
import * as z from 'zod';
import { networkCost } from '../cost/network';
import { createSupernet } from '../network/engines';
import { pathMixtures } from '../network/mixture';
import { cosineRate, Sgd } from '../network/optimizers';
import type { Mixtures, Supernet } from '../network/supernet';
import { Random, randomState } from '../random';
import { EpochCount, epochState } from '../search/epochCount';
import { PrefetchedSource, scoreBatches } from '../search/prefetch';
import type { Progress, StepContext } from '../search/process';
import { requireState, type Snapshot } from '../snapshot';
import { cellKinds, type CellKind } from '../space/frame';
import type { Genotype } from '../space/genotype';
import type { EdgeWeights, SearchSpace, SupernetSpace } from '../space/searchSpace';
import { AssessedAtOnce } from './atOnce';
import type { Estimator, EstimatorContext, EstimatorWork, Evaluation, Stepwise } from './estimator';
import type { SharedOptions } from './estimators/shared';

/** Weights of a path as mixtures of a supernet. */
function mixturesOf(path: EdgeWeights): Mixtures {
  return { normal: { operations: path.normal }, reduction: { operations: path.reduction } };
}

function requireSupernet({ type, supernet }: SearchSpace): SupernetSpace {
  if (!supernet) throw new RangeError(`The space "${type}" has no supernet.`);
  return supernet;
}

/** The source of batches checks its own. */
const sharedState = z.object({ count: epochState, train: z.unknown(), paths: randomState });
type SharedMeta = z.output<typeof sharedState>;

/** The training of the shared weights. */
export class SupernetTraining implements Stepwise {
  readonly supernet: Supernet;
  private readonly space: SupernetSpace;
  private readonly sgd: Sgd;
  private readonly batches: PrefetchedSource;
  private readonly count: EpochCount;
  private random: Random;

  /** @throws RangeError when the space has no supernet */
  constructor(
    private readonly options: SharedOptions,
    private readonly context: EstimatorContext,
  ) {
    const { space, frame, data, engine, seed, training } = context;
    this.space = requireSupernet(space);
    this.supernet = createSupernet(this.space.plan(frame), engine);
    const weights = this.supernet.layout.initialize(Random.fromSeed(seed, 'supernet weights'));
    this.sgd = new Sgd(weights, training);
    this.batches = new PrefetchedSource(data.trainBatches('supernet'));
    this.count = new EpochCount(data.stepsPerEpoch);
    this.random = Random.fromSeed(seed, 'paths');
  }

  get progress(): Progress {
    return this.count.progress;
  }

  get steps(): number {
    return this.progress.step;
  }

  get done(): boolean {
    return this.progress.epoch >= this.context.epochs;
  }

  get memory(): number | undefined {
    return this.supernet.memory;
  }

  get weights(): Float32Array {
    return this.sgd.weights;
  }

  async advance({ emit }: StepContext): Promise<void> {
    const { training, epochs, logEverySteps } = this.context;
    const { epoch } = this.progress;
    const learningRate = cosineRate(training, epoch, epochs);
    const paths = this.drawPaths();
    const batch = this.batches.next();
    const [images] = batch.shape;
    const gradient = new Float32Array(this.weights.length);
    const mean = { loss: 0, correct: 0 };
    for (const mixtures of paths) {
      const pending = this.supernet.differentiate(batch, this.weights, mixtures, 'weights');
      this.batches.prepare();
      const { loss, correct, weights } = await pending;
      mean.loss += loss / paths.length;
      mean.correct += correct / paths.length;
      weights!.forEach((value, i) => (gradient[i]! += value));
    }
    const score = this.count.add(mean, images);
    this.sgd.apply(gradient, learningRate);
    this.count.count();
    const place = { phase: 'search', index: 0, epoch } as const;
    const { step } = this.progress;
    if (this.count.full || step % logEverySteps === 0) {
      emit({ type: 'step', ...place, step, learningRate, ...score });
    }
    if (this.count.full) emit({ type: 'epoch', ...place, ...this.count.end() });
  }

  snapshot(): Snapshot<SharedMeta> {
    const meta: SharedMeta = {
      count: this.count.state(),
      train: this.batches.state(),
      paths: this.random.state(),
    };
    const { weights, velocity } = this.sgd.state();
    return { meta, arrays: { weights, velocity } };
  }

  restore({ meta, arrays }: Snapshot): void {
    const { count, train, paths } = requireState(sharedState, meta, 'the shared weights');
    this.sgd.restore(arrays);
    this.count.restore(count);
    this.batches.restore(train);
    this.random = Random.fromState(paths);
  }

  dispose(): void {
    this.supernet.dispose();
  }

  /** The paths of one step. */
  private drawPaths(): Mixtures[] {
    const { space } = this.context;
    if (this.options.sampling === 'uniform') {
      return [mixturesOf(this.space.path(space.sample(this.random)))];
    }
    const { kinds, edges, operations } = this.space;
    // [kind][edge]: the operations in the order in which the paths take them.
    const order = (kind: CellKind): number[][] =>
      kinds.includes(kind) ? edges.map(() => this.random.shuffle([...operations.keys()])) : [];
    const [normal, reduction] = cellKinds.map(order) as [number[][], number[][]];
    return operations.map((_, path) => {
      const choices = {
        normal: normal.map((row) => row[path]!),
        reduction: reduction.map((row) => row[path]!),
      };
      return pathMixtures(choices, operations.length);
    });
  }
}

/** What it is expected to cost, from the plan of the supernet alone. @throws RangeError when the space has none */
export function sharedWeightsWork(
  { sampling }: Pick<SharedOptions, 'sampling'>,
  { data, training, epochs, space, frame }: EstimatorContext,
): EstimatorWork {
  const supernet = requireSupernet(space);
  const { flops } = networkCost(supernet.plan(frame));
  // Paths hold one of the operations of an edge; fair steps train as many paths as there are operations.
  const operations = supernet.operations.length;
  const paths = sampling === 'fair' ? operations : 1;
  // The split that validates has about as many batches; forward alone is a third of a step.
  const trial = data.stepsPerEpoch / (3 * paths);
  return {
    stepWork: (3 * training.batchSize * flops * paths) / operations,
    expectedSteps: { preparation: epochs * data.stepsPerEpoch, trial },
  };
}

/** Judges with the shared weights: one pass over the validation split. */
export class SharedWeights implements Estimator {
  readonly preparation: SupernetTraining;
  readonly stepWork: number;
  readonly expectedSteps: { readonly preparation: number; readonly trial: number };

  constructor(
    options: SharedOptions,
    private readonly context: EstimatorContext,
  ) {
    this.preparation = new SupernetTraining(options, context);
    const { stepWork, expectedSteps } = sharedWeightsWork(options, context);
    this.stepWork = stepWork;
    this.expectedSteps = expectedSteps;
  }

  evaluate(genotype: Genotype): Evaluation {
    const { supernet, weights } = this.preparation;
    const mixtures = mixturesOf(this.context.space.supernet!.path(genotype));
    return new AssessedAtOnce(
      this.expectedSteps.trial,
      async (interrupted) => {
        const judged = await scoreBatches(
          this.context.data.validationBatches(),
          (batch) => supernet.evaluate(batch, weights, mixtures),
          interrupted,
          this.context.data,
        );
        return judged && { score: judged.score, metrics: { validationLoss: judged.loss } };
      },
      supernet.memory,
    );
  }

  snapshot(): Snapshot {
    return { meta: null, arrays: {} };
  }

  restore(): void {
    // All that changes is the preparation's.
  }

  dispose(): void {
    this.preparation.dispose();
  }
}
