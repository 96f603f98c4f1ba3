/** The smallest search space. */
import type { Genotype } from './genotype';
import type { SearchSpace } from './searchSpace';

/** A space that holds one architecture of another, for all that ask a space what its networks cost and how they are computed. */
export function spaceOfOne(space: SearchSpace, genotype: Genotype): SearchSpace {
  return Object.create(space, {
    size: { value: 1n },
    sample: { value: () => genotype },
    supernet: { value: undefined },
    mutations: { value: [] },
  }) as SearchSpace;
}
