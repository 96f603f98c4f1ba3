/** Conditions between the space, the strategy, the estimator and what they need elsewhere in a config. */
import type { Surroundings } from '../estimate/estimator';
import { createSpace } from '../space/registry';
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
  const findings = [...refusals(config, written), ...latencyChecks(config), ...strategyChecks(config)];
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

/** What is to be quick needs to know how long operations take. */
function latencyChecks({ strategy, limits }: Config): Finding[] {
  if (limits.latencyTable !== undefined) return [];
  const message = 'Latency as an objective needs a latency table.';
  const hint = 'Add "latencyTable" to "limits"; `nas latency` makes the file.';
  if ('objectives' in strategy && strategy.objectives.includes('latencyMs')) {
    return [{ path: ['strategy', 'objectives', strategy.objectives.indexOf('latencyMs')], message, hint }];
  }
  return [];
}

function strategyChecks({ strategy, budget }: Config): Finding[] {
  const { trials } = budget;
  const instead = trials > 4 && { instead: { value: Math.max(4, Math.floor(trials / 2)) } };
  if ('population' in strategy && strategy.population >= trials) {
    return [
      {
        path: ['strategy', 'population'],
        message: `A population of ${strategy.population} drawn at random leaves none of the ${trials} trials for its children.`,
        hint: `Use a population below ${trials}, or a budget.trials above ${strategy.population}.`,
        ...instead,
      },
    ];
  }
  if ('initial' in strategy && strategy.initial >= trials) {
    return [
      {
        path: ['strategy', 'initial'],
        message: `${strategy.initial} trials drawn at random leave none of the ${trials} for the predictor to choose.`,
        hint: `Use less than ${trials}, or a budget.trials above ${strategy.initial}.`,
        ...instead,
      },
    ];
  }
  return [];
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
