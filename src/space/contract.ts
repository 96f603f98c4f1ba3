/**
 * What every search space is to those who search it: architectures as plain genotypes, drawn, counted, written down,
 * changed and combined, without tensors. A strategy knows a space through this interface alone.
 */
import type { Random } from '../random';
import type { CellEdge } from './cell/alpha';
import type { CellKind, NetworkFrame, Skeleton } from './frame';
import type { NetworkPlan } from './plan';

/** One choice on the way to an architecture. */
export interface Decision {
  /**
   * Where in an architecture the choice is made, the same for all architectures that have it, e.g. `normal.2.input.0`:
   * policies with one distribution a place are kept by it.
   */
  readonly key: string;
  /** What is chosen, e.g. `operation`, `input`, `channels`: controllers share an embedding by it. */
  readonly kind: string;
  /** At least one. */
  readonly options: readonly string[];
}

/** A small random change of an architecture. */
export interface MutationOf<G> {
  readonly name: string;
  /** @returns another architecture of the space, or undefined where this change is impossible */
  apply(genotype: G, random: Random): G | undefined;
}

/** One weight for every [edge][operation] of the cells of a kind; a kind without cells has no rows. */
export type EdgeWeights = Readonly<Record<CellKind, readonly (readonly number[])[]>>;

/** Of a text that is an architecture of this kind of space, but not of this one, which leaves some of it out. */
export class OutsideSpace extends RangeError {}

/** @throws OutsideSpace where `check` finds an architecture that was read to be none of the space, by a RangeError */
export function requireInside<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof RangeError ? new OutsideSpace(error.message) : error;
  }
}

/** Spaces of cells: all architectures as one network whose edges hold every operation. */
export interface SupernetSpaceOf<G> {
  readonly kinds: readonly CellKind[];
  readonly operations: readonly string[];
  /** Of one cell, in the order of α's rows. */
  readonly edges: readonly CellEdge[];
  /** Most incoming edges that a node of a found cell keeps. */
  readonly inputsPerNode: number;
  /** Of the nodes of its first cell. */
  readonly channels: number;
  /** How many cells there would be by the common estimate (`plainCellCount`), where that is another number. */
  readonly plainCells?: bigint;
  /** @throws RangeError when the channels cannot be divided by `partialChannels` (K of PC-DARTS) */
  plan(frame: NetworkFrame, options?: { readonly partialChannels?: number }): NetworkPlan;
  /** The architecture that mixture weights stand for (DARTS, section 2.4); ties go to the earlier edge and operation. */
  discretize(weights: EdgeWeights): G;
  /** 1 for each operation of the architecture on its edge, 0 for all others: its path through the supernet. */
  path(genotype: G): EdgeWeights;
}

/** @typeParam G its genotypes */
export interface SearchSpaceOf<G extends { readonly space: string }> {
  readonly type: G['space'];
  /** Exact number of architectures. */
  readonly size: bigint;
  /** Uniform over all architectures. */
  sample(random: Random): G;
  /** One line of text from which `decode` makes the same architecture. */
  encode(genotype: G): string;
  /**
   * Operations can have any of their aliases.
   * @throws OutsideSpace for a text that is an architecture, but none of this space
   * @throws RangeError for any other text
   */
  decode(text: string): G;
  /** The same text for architectures that compute the same function whatever their weights: isomorphic cells. */
  canonical(genotype: G): string;
  /** Numbers for predictors, one-hot or paths: the same length for all architectures of the space. */
  features(genotype: G): number[];
  /** The choice that follows these (indices into the options of the decisions before); undefined when complete. */
  decide(choices: readonly number[]): Decision | undefined;
  /** @throws RangeError when the choices are incomplete or none of this space */
  fromChoices(choices: readonly number[]): G;
  /** Inverse of `fromChoices`. */
  toChoices(genotype: G): number[];
  readonly mutations: readonly MutationOf<G>[];
  /** An architecture with parts of both. */
  crossover(a: G, b: G, random: Random): G;
  /** The network that stands for an architecture while it is searched, at the scale of the config's space. */
  proxy(genotype: G, frame: NetworkFrame): NetworkPlan;
  /** What that network is built from beside the architecture: its entry's plan of both is the same as `proxy`. */
  proxyNetwork(frame: NetworkFrame): NetworkFrame | Skeleton;
  /** Only spaces of cells have one. */
  readonly supernet?: SupernetSpaceOf<G>;
}

/**
 * An architecture as one of its space: what comes from files and checkpoints is checked to be one of some space only.
 * @throws RangeError where it is of another space
 */
export function requireOwn<G extends { readonly space: string }>(genotype: G, space: G['space']): G {
  const found: string = genotype.space;
  if (found === space) return genotype;
  throw new RangeError(`A genotype of the space "${found}" is none of ${space}.`);
}
