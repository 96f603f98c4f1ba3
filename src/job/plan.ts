/**
 * The parts of a job: the search, then the training of the found network, the check of its generated code, and the
 * training of randomly drawn networks.
 */
import { givenArchitecture } from '../config/architecture';
import type { Config } from '../config/schema';
import type { DataFacts } from '../data/dataSet';
import { fittedShape } from '../data/fitting';
import { Random } from '../random';
import { gradientMethod } from '../search/strategies';
import type { GradientMethod } from '../search/strategy';
import type { NetworkPlan } from '../space/plan';
import type { NetworkFrame, Skeleton } from '../space/frame';
import type { Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import { createSpace } from '../space/searchSpace';
import { entryOf } from '../space/registry';
import { spaceOfOne } from '../space/spaceOfOne';

export type Part =
  | { readonly phase: 'search'; readonly index: 0 }
  | { readonly phase: 'final'; readonly index: 0 }
  | { readonly phase: 'proof'; readonly index: 0 }
  | { readonly phase: 'baseline'; readonly index: number };

/** All parts in the order in which they run. A given architecture is not searched for. */
export function jobParts(config: Config): Part[] {
  const parts: Part[] = config.architecture ? [] : [{ phase: 'search', index: 0 }];
  if (config.final.epochs === 0) return parts;
  parts.push({ phase: 'final', index: 0 });
  if (config.final.proof) parts.push({ phase: 'proof', index: 0 });
  for (let index = 0; index < config.final.randomNetworks; index++) parts.push({ phase: 'baseline', index });
  return parts;
}

/** Images and classes, as the networks of a config see them. */
export function frameOf({ data }: Config, facts: DataFacts): NetworkFrame {
  return { input: fittedShape(facts, data), classes: facts.classes };
}

/** What a config searches; the given architecture alone where it names one. */
export function spaceOf(config: Config): SearchSpace {
  const space = createSpace(config.space);
  const given = givenArchitecture(config);
  return given ? spaceOfOne(space, given) : space;
}

/** How the search goes on where it is one by gradients. */
export function gradientMethodOf(config: Config): GradientMethod | undefined {
  return config.architecture ? undefined : gradientMethod(config.strategy);
}

/** Whether the search trains one network that holds all architectures. */
export function usesSupernet(config: Config): boolean {
  return gradientMethodOf(config) !== undefined;
}

/** The supernet of a config that uses one. */
export function supernetPlan(config: Config, space: SearchSpace, frame: NetworkFrame): NetworkPlan {
  const { supernet } = space;
  if (!supernet) throw new RangeError(`The space "${config.space.type}" has no supernet.`);
  return supernet.plan(frame, gradientMethodOf(config));
}

/** What a found network is built from beside its genotype. */
export function finalNetwork(config: Config, frame: NetworkFrame): NetworkFrame | Skeleton {
  return entryOf(config.space).final(config.space, config.final, frame);
}

/** The randomly drawn networks of a run: the same for the same seed. */
export function baselineGenotype({ seed }: Config, space: SearchSpace, index: number): Genotype {
  return space.sample(Random.fromSeed(seed, `random network ${index}`));
}
