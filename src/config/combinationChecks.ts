/** Conditions between the space, the strategy, the estimator and what they need elsewhere in a config. */
import { createSpace } from '../space/registry';
import { allEstimators, allSpaces, allStrategies, refusalOf } from './combinations';
import type { Finding } from '../describe';
import type { Config } from './schema';
import { isRecord } from './sections';

/** @param written the config as it is in its file: what a default adds is never complained of */
export function combinationChecks(config: Config, written: unknown): Finding[] {
  const findings = [
    ...refusals(config, written),
    ...latencyChecks(config),
    ...strategyChecks(config),
    ...estimatorChecks(config),
  ];
  // Impossible sizes of a space are its own business; a refused combination says enough.
  return findings.length > 0 ? findings : spaceChecks(config);
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
  if (!('population' in strategy) || strategy.population < budget.trials) return [];
  return [
    {
      path: ['strategy', 'population'],
      message: `A population of ${strategy.population} drawn at random leaves none of the ${budget.trials} trials for its children.`,
      hint: 'Use a smaller population or a larger budget.trials.',
    },
  ];
}

function estimatorChecks({ estimator }: Config): Finding[] {
  if (!('minEpochs' in estimator) || estimator.minEpochs <= estimator.epochs) return [];
  return [
    {
      path: ['estimator', 'minEpochs'],
      message: `The first rung has ${estimator.minEpochs} epochs, more than the ${estimator.epochs} of the last.`,
      hint: 'Use at most estimator.epochs.',
    },
  ];
}

function spaceChecks({ space }: Config): Finding[] {
  try {
    createSpace(space);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ path: ['space'], message: error.message, hint: 'Change the keys of "space".' }];
  }
}
