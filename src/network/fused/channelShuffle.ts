/** Channel shuffles as tables of pairs. */
import type { Channels } from './weightStore';

/**
 * Pairs (from, to) of the channels that a shuffle moves from one piece to another, numbered inside the pieces.
 * @param all C
 * @param groups K; all channels together are [K, C/K], transposed by the shuffle
 * @param back the inverse
 */
export function channelTable(
  from: Channels,
  to: Channels,
  all: number,
  groups: number,
  back: boolean,
): number[] {
  const each = all / groups;
  const forward = (c: number): number => (c % each) * groups + Math.floor(c / each);
  const inverse = (c: number): number => (c % groups) * each + Math.floor(c / groups);
  const pairs: number[] = [];
  for (let i = 0; i < from.count; i++) {
    const target = (back ? inverse : forward)(from.start + i) - to.start;
    if (target >= 0 && target < to.count) pairs.push(i, target);
  }
  return pairs;
}
