/** Snapshots inside a snapshot: their arrays stand side by side under names of their own. */
import type { Snapshot } from '../snapshot';

/** The arrays of a part as arrays of the whole. */
export function join(name: string, { arrays }: Snapshot): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([key, values]) => [`${name}/${key}`, values]));
}

/** A part out of the whole. */
export function part(name: string, meta: unknown, arrays: Snapshot['arrays']): Snapshot {
  const prefix = `${name}/`;
  const own = Object.entries(arrays).filter(([key]) => key.startsWith(prefix));
  return { meta, arrays: Object.fromEntries(own.map(([key, values]) => [key.slice(prefix.length), values])) };
}
