/** From a genotype of any space to the plan of its network. */
import { planBench201Network } from './bench201/plan';
import { planFoundNetwork } from './cell/plan';
import type { NetworkPlan } from './plan';
import { planChain } from './chain/plan';
import { isSkeleton, type Genotype, type NetworkFrame, type Skeleton } from './genotype';
import { planMbconv } from './mbconv/plan';

/**
 * The network that a genotype file describes.
 * @throws RangeError when the genotype's space needs a skeleton (cells, channels) and the file has none
 */
export function planNetwork(genotype: Genotype, network: NetworkFrame | Skeleton): NetworkPlan {
  switch (genotype.space) {
    case 'cell':
      return planFoundNetwork(genotype, skeletonOf(network));
    case 'nasbench201': {
      const { cells, ...rest } = skeletonOf(network);
      return planBench201Network(genotype.operations, {
        ...rest,
        cellsPerStage: Math.max(1, Math.round(cells / 3)),
      });
    }
    case 'chain':
      return planChain(genotype, network);
    case 'mbconv':
      return planMbconv(genotype, network);
  }
}

function skeletonOf(network: NetworkFrame | Skeleton): Skeleton {
  if (isSkeleton(network)) return network;
  throw new RangeError('A network of cells needs their number and channels.');
}
