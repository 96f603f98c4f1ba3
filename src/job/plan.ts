/** The parts of a job: the search, then the training of the found network and of randomly drawn ones. */
import type { Config } from '../config/schema';
import { Random } from '../random';
import { sampleGenotype, type CellSpace } from '../space/cell/space';
import type { Genotype, Skeleton } from '../space/genotype';

export type Part =
  | { readonly phase: 'search'; readonly index: 0 }
  | { readonly phase: 'final'; readonly index: 0 }
  | { readonly phase: 'baseline'; readonly index: number };

/** All parts in the order in which they run. */
export function jobParts(config: Config): Part[] {
  const parts: Part[] = [{ phase: 'search', index: 0 }];
  if (config.final.epochs === 0) return parts;
  parts.push({ phase: 'final', index: 0 });
  for (let index = 0; index < config.final.randomNetworks; index++) parts.push({ phase: 'baseline', index });
  return parts;
}

export function cellSpaceOf(config: Config): CellSpace {
  const { operations, nodes, inputsPerNode } = config.space;
  return { operations, nodes, inputsPerNode };
}

/** Shape of the images and number of classes that a network sees. */
export type NetworkInput = Pick<Skeleton, 'input' | 'classes'>;

export function supernetSkeleton(config: Config, input: NetworkInput): Skeleton {
  const { cells, channels, stemMultiplier } = config.space;
  return { cells, channels, stemMultiplier, ...input };
}

export function finalSkeleton(config: Config, input: NetworkInput): Skeleton {
  const { cells, channels } = config.final;
  return { cells, channels, stemMultiplier: config.space.stemMultiplier, ...input };
}

/** The randomly drawn networks of a run: the same for the same seed. */
export function baselineGenotype(config: Config, index: number): Genotype {
  return sampleGenotype(cellSpaceOf(config), Random.fromSeed(config.seed, `random network ${index}`));
}

/** Limits of the config that a network breaks, in words. */
export function brokenLimits(config: Config, cost: { parameters: number; flops: number }): string[] {
  const { maxParameters, maxFlops } = config.limits;
  const broken: string[] = [];
  const format = (n: number): string => n.toLocaleString('en-US');
  if (maxParameters !== undefined && cost.parameters > maxParameters) {
    broken.push(`${format(cost.parameters)} parameters, more than the limit of ${format(maxParameters)}`);
  }
  if (maxFlops !== undefined && cost.flops > maxFlops) {
    broken.push(`${format(cost.flops)} multiply–accumulates, more than the limit of ${format(maxFlops)}`);
  }
  return broken;
}
