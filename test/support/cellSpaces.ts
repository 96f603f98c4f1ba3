/** Cell spaces and cells drawn from them, for tests that do not care about the size of networks. */
import { CellSearchSpace } from '../../src/space/cell/space';
import type { CellSpace } from '../../src/space/cell/alpha';
import type { CellPairGenotype } from '../../src/space/cell/genotype';
import type { Random } from '../../src/random';

/** The search space of these cells, in the network of the DARTS search. */
export function cellSearchSpace(space: CellSpace): CellSearchSpace {
  return new CellSearchSpace({ ...space, cells: 8, channels: 16, stemMultiplier: 3 });
}

export function sampleCells(space: CellSpace, random: Random): CellPairGenotype {
  return cellSearchSpace(space).sample(random);
}
