/**
 * Two kinds of search strategies behind one registry. A sampling strategy proposes architectures and hears how good they
 * are; any estimator can judge them. A gradient strategy trains α and a supernet together.
 */
import * as z from 'zod';
import type { Finding } from '../describe';
import type { TrialCosts } from '../cost/trialCosts';
import type { Random } from '../random';
import { genotypeSchema, type Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import type { AlphaOptions } from './strategies/gradientOptions';

/** An architecture that a strategy wants judged, as checkpoints keep it. */
export const proposalState = z.object({
  genotype: genotypeSchema,
  /** Trials that it was made from, by index. */
  parents: z.array(z.number().int().min(0)).readonly(),
  /** How it was made, e.g. the name of a mutation. */
  by: z.string().optional(),
});
export type Proposal = Readonly<z.output<typeof proposalState>>;

/** A judged proposal. */
export interface Trial extends Proposal {
  /** From 0, in the order in which they were proposed. */
  readonly index: number;
  /** `failed`: no score, e.g. a loss that is not a number. `rejected`: breaks a limit and was not trained. */
  readonly status: 'done' | 'failed' | 'rejected';
  /** Larger is better; what it measures depends on the estimator. Present when `done`. */
  readonly score?: number;
  readonly costs: TrialCosts;
}

/** What a strategy thinks, for charts. Names are chart series, e.g. `entropy`, `baseline`. */
export type StrategyReport = Readonly<Record<string, number>>;

/** A sampling strategy at work. Proposals and results alternate. */
export interface Proposer {
  /** @returns undefined when the space is exhausted */
  propose(): Proposal | undefined;
  receive(trial: Trial): void;
  /** After a trial was received. */
  report?(): StrategyReport | undefined;
  /** Plain data that survives JSON, random state included. */
  state(): unknown;
  restore(state: unknown): void;
}

export interface ProposerContext {
  readonly space: SearchSpace;
  /** Nothing else draws from it. */
  readonly random: Random;
  /** How many trials there will be. */
  readonly trials: number;
  /** Costs of an architecture before it is judged. */
  costs(genotype: Genotype): TrialCosts;
}

/** The rest of a config, as far as the keys of a strategy can contradict it. */
export interface AroundSection {
  readonly budget: { readonly epochs: number; readonly trials: number };
  readonly limits: { readonly latencyTable?: string | undefined };
  /** Channels of the supernet's first cell, where the space has one. */
  readonly supernetChannels: number | undefined;
}

interface StrategyEntry<S extends z.ZodObject> {
  /** What `strategy.type` of a config calls it. */
  readonly name: string;
  /** One sentence for completion and hover, with its source. */
  readonly description: string;
  /** Schema of the strategy's section; has the key `type` with the name as its only value. */
  readonly options: S;
  /** What the preset `laptop` has instead of the schema's defaults, for a search of minutes. */
  readonly laptop?: Partial<z.input<S>>;
  /** What its keys, each valid, contradict: each other or what is around them. Paths begin in the section. */
  checks?(options: z.output<S>, around: AroundSection): readonly Finding[];
}

export interface SamplingStrategy<S extends z.ZodObject = z.ZodObject> extends StrategyEntry<S> {
  readonly kind: 'sampling';
  create(options: z.output<S>, context: ProposerContext): Proposer;
}

/** How a gradient strategy searches: all that `gradient/search.ts` asks of it. */
export interface GradientMethod extends AlphaOptions {
  /** Whether every edge has a weight β beside its α, softmaxed over the edges into a node (PC-DARTS, equation 2). */
  readonly edgeNormalization: boolean;
  /** K: 1/K of the channels go through the operations (PC-DARTS, section 3.2); 1: all of them. */
  readonly partialChannels: number;
}

/** Needs a space that has a supernet; `gradient/search.ts` does the work. */
export interface GradientStrategy<S extends z.ZodObject = z.ZodObject> extends StrategyEntry<S> {
  readonly kind: 'gradient';
  method(options: z.output<S>): GradientMethod;
}
