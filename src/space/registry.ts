/** The registry of search spaces. A new one is one folder and one line here. */
import { bench201Entry } from './bench201/entry';
import { cellEntry } from './cell/entry';
import { chainEntry } from './chain/entry';
import type { SpaceEntry } from './entry';
import { mbconvEntry } from './mbconv/entry';

export const spaces = [cellEntry, bench201Entry, chainEntry, mbconvEntry] as const;

/** The entry with a name; undefined where this version has none, as for a run of another. */
export function spaceNamed(name: string): SpaceEntry | undefined {
  return (spaces as readonly SpaceEntry[]).find((entry) => entry.name === name);
}

/** A space's section of a config, checked. */
export type SpaceOptions = Parameters<(typeof spaces)[number]['create']>[0];

/** The entry of a section or a genotype that is checked, so that there is one. */
export function entryOf(checked: { readonly type: string } | { readonly space: string }): SpaceEntry {
  return spaceNamed('space' in checked ? checked.space : checked.type)!;
}
