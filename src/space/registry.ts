/** The registry of search spaces. A new one is one folder, one entry file and one line here. */
import type { SearchSpace } from './searchSpace';
import { bench201Entry } from './bench201/entry';
import { cellEntry } from './cell/entry';
import { chainEntry } from './chain/entry';
import { mbconvEntry } from './mbconv/entry';

export const spaces = [cellEntry, bench201Entry, chainEntry, mbconvEntry] as const;

/** A space's section of a config, checked. */
export type SpaceOptions = Parameters<(typeof spaces)[number]['create']>[0];

export function createSpace(options: SpaceOptions): SearchSpace {
  const entry = spaces.find(({ name }) => name === options.type)!;
  return (entry.create as (chosen: SpaceOptions) => SearchSpace)(options);
}
