/** Which search space, strategy and estimator go together: it follows from what their registry entries say of themselves. */
import type { EstimatorEntry } from '../estimate/estimator';
import { estimators } from '../estimate/estimators';
import { strategies } from '../search/strategies';
import type { GradientStrategy, SamplingStrategy } from '../search/strategy';
import { spaces } from '../space/registry';
import type { SpaceEntry } from '../space/entry';

type Strategy = SamplingStrategy | GradientStrategy;

export const allSpaces: readonly SpaceEntry[] = spaces;
export const allStrategies: readonly Strategy[] = strategies;
export const allEstimators: readonly EstimatorEntry[] = estimators;

/** Why something cannot be combined. */
export interface Refusal {
  /** What does not fit to the space. */
  readonly section: 'strategy' | 'estimator';
  readonly message: string;
  /** What can be combined instead. */
  readonly hint: string;
}

const supernets = new Map<SpaceEntry, boolean>();

/** Whether all architectures of the space can be trained as one network. */
export function hasSupernet(space: SpaceEntry): boolean {
  const known = supernets.get(space);
  if (known !== undefined) return known;
  const has = space.create(space.options.parse({ type: space.name })).supernet !== undefined;
  supernets.set(space, has);
  return has;
}

/** `"a", "b" or "c"` */
export function choiceOf(entries: readonly { readonly name: string }[]): string {
  const names = entries.map(({ name }) => `"${name}"`);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/**
 * @param estimator what judges the architectures of a sampling strategy; gradient strategies have no use for one
 * @returns undefined where the three can be combined
 */
export function refusalOf(
  space: SpaceEntry,
  strategy: Strategy,
  estimator?: EstimatorEntry,
): Refusal | undefined {
  const needs = `The space "${space.name}" has no supernet, which`;
  const withSupernet = choiceOf(allSpaces.filter(hasSupernet));
  if (strategy.kind === 'gradient') {
    if (!hasSupernet(space)) {
      const sampling = choiceOf(allStrategies.filter(({ kind }) => kind === 'sampling'));
      return {
        section: 'strategy',
        message: `${needs} the strategy "${strategy.name}" trains.`,
        hint: `Use the space ${withSupernet}, or the strategy ${sampling}.`,
      };
    }
    return estimator && unusedEstimator(strategy);
  }
  if (estimator?.needsSupernet && !hasSupernet(space)) {
    const others = choiceOf(allEstimators.filter(({ needsSupernet }) => !needsSupernet));
    return {
      section: 'estimator',
      message: `${needs} the estimator "${estimator.name}" trains.`,
      hint: `Use the estimator ${others}, or the space ${withSupernet}.`,
    };
  }
  return undefined;
}

function unusedEstimator({ name }: Strategy): Refusal {
  const sampling = choiceOf(allStrategies.filter(({ kind }) => kind === 'sampling'));
  return {
    section: 'estimator',
    message: `The strategy "${name}" trains all architectures as one network and has none judged by an estimator.`,
    hint: `Remove "estimator", or use the strategy ${sampling}.`,
  };
}
