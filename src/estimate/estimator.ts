/** One interface for everything that can say how good an architecture is: architecture in, score and metrics out. */
import type * as z from 'zod';
import type { Finding } from '../describe';
import type { EngineOptions } from '../network/engines';
import type { SgdSettings } from '../network/optimizers';
import type { StepContext } from '../search/process';
import type { SearchData } from '../search/searchData';
import type { StrategyReport, Trial } from '../search/strategy';
import type { Snapshot } from '../snapshot';
import type { NetworkFrame } from '../space/frame';
import type { TrainedWeights } from '../network/trainedWeights';
import type { Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';

export interface Assessment {
  /** Larger is better: the config's `score` on the validation split where networks are trained. */
  readonly score: number;
  /** Whatever else is known by name, e.g. `epochs`, `validationLoss`, `testAccuracy` of a table, `predicted`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Anything that goes on step by step and can be saved between two steps. */
export interface Stepwise {
  readonly done: boolean;
  /** Steps of training done so far, for the pace and the ETA. */
  readonly steps: number;
  /** Bytes that the network's engine holds, where it knows. */
  readonly memory?: number | undefined;
  /** @throws UserError with code `diverged` when a loss is not a number */
  advance(context: StepContext): Promise<void>;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  dispose(): void;
}

/** One architecture under assessment. */
export interface Evaluation extends Stepwise {
  /** Once `done`. */
  readonly result: Assessment | undefined;
  /** The network, once `done`, where it was trained by itself and to its end. */
  readonly trained?: TrainedWeights | undefined;
}

/** What a person is told beside scores. */
export interface Notice {
  readonly level: 'info' | 'warning';
  readonly message: string;
}

/** What a search by an estimator is expected to cost. */
export interface EstimatorWork {
  /** Multiply–accumulates of one step of `preparation` or, without one, of an average trial: for time estimates. */
  readonly stepWork: number;
  /**
   * Steps of the preparation and of one trial, as far as known beforehand. Steps of a trial are counted in those of the
   * preparation, by their work, where there is one: a fraction may be all.
   */
  readonly expectedSteps: { readonly preparation: number; readonly trial: number };
}

export interface Estimator extends EstimatorWork {
  /** What is to be said before the first trial, e.g. rows of a table that are left out, or fewer images than were asked for. */
  readonly notices?: readonly Notice[];
  /** Work before the first trial, e.g. training the shared weights. */
  readonly preparation?: Stepwise;
  /** One at a time. @param index of the trial: random numbers depend on it and on the seed alone */
  evaluate(genotype: Genotype, index: number): Evaluation;
  /** Hears of every trial, also of those that it judged. */
  receive?(trial: Trial): void;
  /** After a trial was received, for charts: names are series, e.g. `spearman`. */
  report?(): StrategyReport | undefined;
  /** At any time; without the state of the preparation and of an evaluation under way. */
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  dispose(): void;
}

export interface EstimatorContext {
  readonly seed: number;
  readonly space: SearchSpace;
  readonly frame: NetworkFrame;
  readonly data: SearchData;
  readonly engine: EngineOptions;
  /** Settings of SGD and the batch, as in `training` of a config. */
  readonly training: SgdSettings & { readonly batchSize: number };
  readonly trials: number;
  /** Epochs of a preparation. */
  readonly epochs: number;
  readonly logEverySteps: number;
  /** Text of a file that the config names, relative to it. @throws UserError when it cannot be read */
  readFile(path: string): string;
}

/** What an estimator's keys have to go with. */
export interface Surroundings {
  readonly space: SearchSpace;
  readonly trials: number;
  /** Images that train weights in the search, where they are known. */
  readonly trainImages?: number;
}

/** The tensor-free entry of the registry; `startEstimator` has the implementations. */
export interface EstimatorEntry<S extends z.ZodObject = z.ZodObject> {
  /** What `estimator.type` of a config calls it. */
  readonly name: string;
  /** One sentence for completion and hover, with its source. */
  readonly description: string;
  readonly options: S;
  /** Which of the keys do not go with the rest of a config; paths start at the section. */
  checks?(options: z.output<S>, around: Surroundings): Finding[];
  /** What the preset `laptop` has instead of the schema's defaults, for a search of minutes. */
  readonly laptop?: Partial<z.input<S>>;
  /** Trains one supernet, so only spaces that have one can use it. */
  readonly needsSupernet?: boolean;
  /** Works without images and networks. */
  readonly needsNoData?: boolean;
  /**
   * What there is to say of the files that the section names, without a search.
   * @throws UserError when one of them cannot be used
   */
  inspect?(options: z.output<S>, context: Pick<EstimatorContext, 'space' | 'readFile'>): readonly Notice[];
}
