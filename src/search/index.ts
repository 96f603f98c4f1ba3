/** The registry of search strategies. A new one is one file and one line here. */
import { darts } from './darts';
import type { Strategy } from './strategy';

export const strategies: readonly Strategy[] = [darts];

/** @throws RangeError for a name that is not registered */
export function strategyNamed(name: string): Strategy {
  const found = strategies.find((strategy) => strategy.name === name);
  if (!found) throw new RangeError(`There is no strategy "${name}".`);
  return found;
}
