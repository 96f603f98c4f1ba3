/** The study behind `nas correlate`: draws architectures and has two estimators judge each of them. */
import type { Config } from '../config/schema';
import { trialCosts } from '../cost/trialCosts';
import { describeError, UserError } from '../errors';
import { estimators, type EstimatorOptions } from '../estimate/estimators';
import type { Estimator } from '../estimate/estimator';
import type { JudgedArchitecture } from '../estimate/correlation';
import { startEstimator } from '../estimate/startEstimator';
import { endsTrial } from '../estimate/trialSearch';
import { Random } from '../random';
import type { StepContext } from '../search/process';
import type { Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import { estimatorContext, type SearchOptions } from './startSearch';

/** What the study is doing. */
export interface StudyProgress {
  /** Name of the estimator at work. */
  readonly estimator: string;
  /** The architecture it judges, from 0; absent while it prepares. */
  readonly architecture?: number;
  /** Training steps so far, of the preparation or of this architecture. */
  readonly steps: number;
}

export interface StudyOptions extends Omit<SearchOptions, 'limits'> {
  readonly architectures: number;
  readonly reference: EstimatorOptions;
  readonly candidate: EstimatorOptions;
  stopped(): boolean;
  onProgress(progress: StudyProgress): void;
  /** An architecture has no score from an estimator. */
  onFailure(estimator: string, architecture: number, message: string): void;
}

/**
 * An estimator by name: the config's own section where it is of that type, else with defaults.
 * @throws UserError for a name that is not registered, or an estimator that does not fit the space
 */
export function estimatorNamed(config: Config, space: SearchSpace, name: string): EstimatorOptions {
  const entry = estimators.find((each) => each.name === name);
  if (!entry) {
    const known = estimators.map((each) => each.name).join(', ');
    throw new UserError(`There is no estimator "${name}".`, `Known are ${known}.`);
  }
  if ('needsSupernet' in entry && !space.supernet) {
    throw new UserError(
      `The space "${space.type}" has no supernet, which the estimator "${name}" trains.`,
      'Choose another estimator, or a space of cells.',
    );
  }
  if (config.estimator.type === name) return config.estimator;
  const { success, data } = entry.options.safeParse({ type: name });
  if (success) return data;
  throw new UserError(
    `The estimator "${name}" has settings without defaults.`,
    'Make it the "estimator" section of the config.',
  );
}

/** Different architectures, from the config's seed; fewer where the space has no more. */
function drawArchitectures(space: SearchSpace, seed: number, count: number): Genotype[] {
  const random = Random.fromSeed(seed, 'correlation');
  const drawn = new Map<string, Genotype>();
  const wanted = space.size < BigInt(count) ? Number(space.size) : count;
  while (drawn.size < wanted) {
    const genotype = space.sample(random);
    drawn.set(space.encode(genotype), genotype);
  }
  return [...drawn.values()];
}

/** @returns what was judged by both before it was stopped */
export async function correlate(options: StudyOptions): Promise<JudgedArchitecture[]> {
  const { config, data, architectures } = options;
  const { space } = estimatorContext(options);
  const genotypes = drawArchitectures(space, config.seed, architectures);
  const reference = await judgeAll(options, options.reference, genotypes);
  const candidate = await judgeAll(options, options.candidate, genotypes);
  return genotypes.slice(0, Math.min(reference.length, candidate.length)).map((genotype, i) => {
    const { flops, parameters } = trialCosts(space.proxy(genotype, data.input));
    return {
      text: space.encode(genotype),
      reference: reference[i],
      candidate: candidate[i],
      flops,
      parameters,
    };
  });
}

/** Scores in order; shorter when it was stopped, undefined where there is none. */
async function judgeAll(
  options: StudyOptions,
  section: EstimatorOptions,
  genotypes: readonly Genotype[],
): Promise<(number | undefined)[]> {
  const { stopped } = options;
  const context: StepContext = { emit: () => undefined, interrupted: stopped };
  const estimator = startEstimator(section, estimatorContext(options));
  const scores: (number | undefined)[] = [];
  try {
    const { preparation } = estimator;
    while (preparation && !preparation.done && !stopped()) {
      await breathe();
      await preparation.advance(context);
      options.onProgress({ estimator: section.type, steps: preparation.steps });
    }
    for (let i = 0; i < genotypes.length && !stopped(); i++) {
      const score = await judge(options, section.type, estimator, genotypes[i]!, i, context);
      if (!stopped()) scores.push(score);
    }
  } finally {
    estimator.dispose();
  }
  return scores;
}

async function judge(
  { onProgress, onFailure, stopped }: StudyOptions,
  name: string,
  estimator: Estimator,
  genotype: Genotype,
  index: number,
  context: StepContext,
): Promise<number | undefined> {
  const evaluation = estimator.evaluate(genotype, index);
  try {
    while (!evaluation.done && !stopped()) {
      await breathe();
      await evaluation.advance(context);
      onProgress({ estimator: name, architecture: index, steps: evaluation.steps });
    }
    return evaluation.result?.score;
  } catch (error) {
    if (!endsTrial(error)) throw error;
    onFailure(name, index, describeError(error));
    return undefined;
  } finally {
    evaluation.dispose();
  }
}

/** Lets signals in between two steps. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
