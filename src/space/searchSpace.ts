/** Search spaces as those who search them know them: over genotypes of any space. */
import type { MutationOf, SearchSpaceOf, SupernetSpaceOf } from './contract';
import type { Genotype } from './genotype';
import { entryOf, type SpaceOptions } from './registry';

export { OutsideSpace } from './contract';
export type { Decision, EdgeWeights } from './contract';
export type Mutation = MutationOf<Genotype>;
export type SupernetSpace = SupernetSpaceOf<Genotype>;
export type SearchSpace = SearchSpaceOf<Genotype>;

/** The space of a config's section; its architectures are those of the entry that the section names. */
export function createSpace(options: SpaceOptions): SearchSpace {
  return entryOf(options).create(options) as SearchSpace;
}
