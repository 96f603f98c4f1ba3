/** Conditions between the space, the strategy, the estimator and what they need elsewhere in a config. */
import type { Surroundings } from '../estimate/estimator';
import { createSpace } from '../space/searchSpace';
import type { SearchSpace } from '../space/searchSpace';
import { allEstimators, allSpaces, allStrategies, refusalOf } from './combinations';
import type { Finding } from '../describe';
import type { Config } from './schema';
import { isRecord } from './sections';

/** @param written the config as it is in its file: what a default adds is never complained of */
export function combinationChecks(
  config: Config,
  written: unknown,
  trainImages: number | undefined,
): Finding[] {
  const findings = [...refusals(config, written), ...strategyChecks(config)];
  // Impossible sizes of a space are its own business; a refused combination says enough.
  if (findings.length > 0) return findings;
  const space = possibleSpace(config);
  return 'path' in space ? [space] : estimatorChecks(config, { space, trainImages });
}

function refusals({ space, strategy, estimator }: Config, written: unknown): Finding[] {
  const has = (section: string): boolean => isRecord(written) && written[section] !== undefined;
  const chosenSpace = allSpaces.find(({ name }) => name === space.type)!;
  const chosenStrategy = allStrategies.find(({ name }) => name === strategy.type)!;
  const chosenEstimator = allEstimators.find(({ name }) => name === estimator.type);
  const judged = chosenStrategy.kind === 'sampling' || has('estimator');
  const refusal = refusalOf(chosenSpace, chosenStrategy, judged ? chosenEstimator : undefined);
  if (!refusal) return [];
  const { section, message, hint } = refusal;
  // Where the default is what does not fit, the space is what was chosen.
  return [{ path: [has(section) ? section : 'space', 'type'], message, hint }];
}

/** Of the strategy's own. */
function strategyChecks({ space, strategy, budget, limits }: Config): Finding[] {
  const entry = allStrategies.find(({ name }) => name === strategy.type)!;
  const around = { budget, limits, supernetChannels: supernetChannels(space) };
  const findings = entry.checks?.(strategy, around) ?? [];
  return findings.map((finding) => ({ ...finding, path: ['strategy', ...finding.path] }));
}

/** Undefined also where the sizes of the space are impossible, of which `possibleSpace` tells. */
function supernetChannels(space: Config['space']): number | undefined {
  try {
    return createSpace(space).supernet?.channels;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Of the estimator's own, where it judges anything. */
function estimatorChecks(
  { strategy, estimator, budget }: Config,
  around: Omit<Surroundings, 'trials'>,
): Finding[] {
  if (allStrategies.find(({ name }) => name === strategy.type)!.kind === 'gradient') return [];
  const entry = allEstimators.find(({ name }) => name === estimator.type)!;
  const findings = entry.checks?.(estimator, { ...around, trials: budget.trials }) ?? [];
  return findings.map((finding) => ({ ...finding, path: ['estimator', ...finding.path] }));
}

function possibleSpace({ space }: Config): SearchSpace | Finding {
  try {
    return createSpace(space);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { path: ['space'], message: error.message, hint: 'Change the keys of "space".' };
  }
}
