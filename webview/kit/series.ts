/** Series for the line charts: cached over growing lists, and thinned to what a screen can show. */

/**
 * A function from a growing list to one value an item that computes only the items that are new since the last
 * call. Lists of a run grow at their end; another list starts over.
 */
export function growing<T, R>(compute: (item: T) => R): (items: readonly T[]) => readonly R[] {
  let results: R[] = [];
  let first: T | undefined;
  let last: T | undefined;
  return (items) => {
    const known = results.length;
    const continues = known > 0 && known <= items.length && items[0] === first && items[known - 1] === last;
    if (continues && known === items.length) return results;
    results = continues ? results.slice() : [];
    for (let index = results.length; index < items.length; index++) results.push(compute(items[index]!));
    first = items[0];
    last = items[items.length - 1];
    return results;
  };
}

export type Column = readonly (number | null)[];

/** Value of a line at a point; null where it has none. */
export type Line = (index: number) => number | null;

/**
 * Indices of at most about `limit` points that keep the look of all lines: of each stretch the lowest and the highest
 * point of every line, and the first and last of all. All indices when there are no more than `limit`.
 * @param always indices that must stay, e.g. ends of epochs
 */
export function decimate(
  length: number,
  lines: readonly Line[],
  limit: number,
  always?: (index: number) => boolean,
): number[] {
  if (length <= limit) return Array.from({ length }, (_, index) => index);
  const buckets = Math.max(1, Math.floor(limit / (2 * lines.length)));
  const kept = new Set<number>([0, length - 1]);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor((bucket * length) / buckets);
    const end = Math.floor(((bucket + 1) * length) / buckets);
    for (const line of lines) keepExtremes(line, start, end, kept);
  }
  if (always) for (let index = 0; index < length; index++) if (always(index)) kept.add(index);
  return [...kept].sort((a, b) => a - b);
}

function keepExtremes(line: Line, start: number, end: number, kept: Set<number>): void {
  let low = -1;
  let high = -1;
  let [lowest, highest] = [Infinity, -Infinity];
  for (let index = start; index < end; index++) {
    const value = line(index);
    if (value === null) continue;
    if (value < lowest) [low, lowest] = [index, value];
    if (value > highest) [high, highest] = [index, value];
  }
  if (low >= 0) kept.add(low).add(high);
}

/** The last value of a column at or before `index` that is not null. */
export function valueAt(column: Column, index: number): number | undefined {
  for (let at = Math.min(index, column.length - 1); at >= 0; at--) {
    const value = column[at];
    if (value != null) return value;
  }
  return undefined;
}
