/** Channel shuffles as tables of pairs. */
import assert from 'node:assert/strict';
import { channelTable } from '../../../../src/network/fused/channelShuffle';
import type { Channels } from '../../../../src/network/fused/weightStore';

/** Moves channels, given in pieces, as `moveChannels` does. */
function shuffle(pieces: readonly Channels[], values: readonly number[][], groups: number, back: boolean) {
  const all = pieces.reduce((sum, { count }) => sum + count, 0);
  const result = pieces.map(({ count }) => new Array<number>(count).fill(NaN));
  pieces.forEach((from, i) =>
    pieces.forEach((to, k) => {
      const pairs = channelTable(from, to, all, groups, back);
      for (let p = 0; p < pairs.length; p += 2) result[k]![pairs[p + 1]!] = values[i]![pairs[p]!]!;
    }),
  );
  return result;
}

/** The first 1/K of the channels and the others, which hold their own numbers. */
function numbered(all: number, groups: number) {
  const taking = all / groups;
  const pieces: Channels[] = [
    { start: 0, count: taking },
    { start: taking, count: all - taking },
  ];
  const values = pieces.map(({ start, count }) => Array.from({ length: count }, (_, i) => start + i));
  return { pieces, values };
}

describe('tables of channel shuffles', () => {
  for (const [all, groups] of [
    [4, 2],
    [12, 4],
    [15, 3],
    [10, 2],
  ] as const) {
    it(`transpose [${groups}, ${all / groups}]`, () => {
      const { pieces, values } = numbered(all, groups);
      const each = all / groups;
      const transposed = Array.from({ length: each }, (_, column) =>
        Array.from({ length: groups }, (__, row) => row * each + column),
      ).flat();
      assert.deepEqual(shuffle(pieces, values, groups, false).flat(), transposed);
    });

    it(`and back again, for ${all} channels in ${groups} groups`, () => {
      const { pieces, values } = numbered(all, groups);
      assert.deepEqual(shuffle(pieces, shuffle(pieces, values, groups, false), groups, true), values);
    });
  }
});
