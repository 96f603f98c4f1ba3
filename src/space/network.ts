/** From a genotype of any space to the plan of its network. */
import type { NetworkFrame, Skeleton } from './frame';
import type { Genotype } from './genotype';
import type { NetworkPlan } from './plan';
import { entryOf } from './registry';

/**
 * The network that a genotype file describes.
 * @throws RangeError when the genotype's space needs a skeleton (cells, channels) and the file has none
 */
export function planNetwork(genotype: Genotype, network: NetworkFrame | Skeleton): NetworkPlan {
  const entry = entryOf(genotype);
  const missing = Object.keys(entry.network.shape).filter((key) => !(key in network));
  if (missing.length === 0) return entry.plan(genotype, network);
  throw new RangeError(`A network of the space "${genotype.space}" needs ${missing.join(', ')}.`);
}
