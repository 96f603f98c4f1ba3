/** The study behind `nas correlate`: draws architectures and has two estimators judge each of them. */
import type { Config } from '../config/schema';
import { trialCosts } from '../cost/trialCosts';
import { UserError } from '../errors';
import { estimators, type EstimatorOptions } from '../estimate/estimators';
import type { JudgedArchitecture } from './correlation';
import { judge, prepare, type Judging } from './judge';
import { startEstimator } from '../estimate/startEstimator';
import { Random } from '../random';
import type { Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import { estimatorContext, type SearchOptions } from '../job/startSearch';

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
  /** An estimator has something to say before the first architecture. */
  onNotice(estimator: string, message: string): void;
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
  const { config, space, data, architectures } = options;
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
  const { stopped, onProgress, onNotice, onFailure } = options;
  const name = section.type;
  const judging = (architecture?: number): Judging => ({
    stopped,
    onSteps: (steps) => onProgress({ estimator: name, architecture, steps }),
    onFailure: (message) => onFailure(name, architecture!, message),
  });
  const estimator = startEstimator(section, estimatorContext(options));
  for (const { message } of estimator.notices ?? []) onNotice(name, message);
  const scores: (number | undefined)[] = [];
  try {
    await prepare(estimator, judging());
    for (let i = 0; i < genotypes.length && !stopped(); i++) {
      const score = await judge(estimator, genotypes[i]!, i, judging(i));
      if (!stopped()) scores.push(score);
    }
  } finally {
    estimator.dispose();
  }
  return scores;
}
