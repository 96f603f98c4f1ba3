/** Sorting by several objectives at once, all of them minimized (NSGA-II; Deb et al., 2002). */

/** At least as good everywhere and better somewhere. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value <= b[i]!) && a.some((value, i) => value < b[i]!);
}

/**
 * Fast non-dominated sort (section III-A): fronts of indices into `points`, ascending within a front. The points of the first
 * front are dominated by none, those of the second only by points of the first, and so on.
 */
export function sortFronts(points: readonly (readonly number[])[]): number[][] {
  const dominated = points.map((): number[] => []);
  const dominators = points.map(() => 0);
  for (let a = 0; a < points.length; a++) {
    for (let b = 0; b < points.length; b++) {
      if (!dominates(points[a]!, points[b]!)) continue;
      dominated[a]!.push(b);
      dominators[b]!++;
    }
  }
  const fronts: number[][] = [];
  let front = points.flatMap((_, i) => (dominators[i] === 0 ? [i] : []));
  while (front.length > 0) {
    fronts.push(front);
    const next: number[] = [];
    for (const a of front) {
      for (const b of dominated[a]!) if (--dominators[b]! === 0) next.push(b);
    }
    front = next.sort((a, b) => a - b);
  }
  return fronts;
}

/**
 * Crowding distance (section III-B) of each point of one front: the sum over the objectives of the gap between its two
 * neighbours, as a share of the front's range. Infinite at the ends; an objective without range adds nothing but those.
 */
export function crowdingDistances(front: readonly (readonly number[])[]): number[] {
  const distances = front.map(() => 0);
  for (let objective = 0; objective < (front[0]?.length ?? 0); objective++) {
    const value = (i: number): number => front[i]![objective]!;
    const order = front.map((_, i) => i).sort((a, b) => value(a) - value(b));
    const [first, last] = [order[0]!, order[order.length - 1]!];
    const range = value(last) - value(first);
    distances[first] = distances[last] = Infinity;
    if (range === 0) continue;
    for (let i = 1; i < order.length - 1; i++) {
      distances[order[i]!]! += (value(order[i + 1]!) - value(order[i - 1]!)) / range;
    }
  }
  return distances;
}

/** Place in the crowded-comparison order (section III-C). */
export interface Standing {
  /** Number of the front, from 0. */
  readonly rank: number;
  readonly crowding: number;
}

/** Of every point, among all. */
export function standings(points: readonly (readonly number[])[]): Standing[] {
  const result = new Array<Standing>(points.length);
  sortFronts(points).forEach((front, rank) => {
    const distances = crowdingDistances(front.map((i) => points[i]!));
    front.forEach((point, i) => (result[point] = { rank, crowding: distances[i]! }));
  });
  return result;
}

/** Negative when `a` comes first: a better front, or the same and a less crowded place. */
export function compareStandings(a: Standing, b: Standing): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.crowding === b.crowding) return 0;
  return b.crowding - a.crowding;
}
