/**
 * Pairs of hashes that differ in few bits, without comparing each with each: multi-index hashing (Norouzi, Punjani and Fleet, 2012). Hashes
 * of 64 bits that differ in at most eleven differ in at most two bits of one of their four words; so each is compared
 * with those alone that are as near in one word. Where all are alike, that comes to four times all pairs, and no more.
 */
import { hashBytes } from './perceptualHash';

/** Bits in which the hashes of a pair may differ. Copies that were shrunk to 32 pixels come to ten. */
const mostBits = 11;
const words = 4;
const wordBits = 16;
/** Bits in which one word may differ. */
const nearBits = Math.floor(mostBits / words);
/** Values of a word. */
const keys = 2 ** wordBits;
/** Bits that a word differs in, of those that are near: none, one or two. */
const masks = Int32Array.from({ length: keys }, (_, mask) => mask).filter(
  (mask) => bitCount(mask) <= nearBits,
);
/** Comparisons after which it is looked whether the person wants to go on: tenths of a second. */
const piece = 10_000_000;

/**
 * Calls back with every pair, once.
 * @param hashes [count, 8]
 * @param pause awaited now and then, with the share that is done
 */
export async function similarHashes(
  hashes: Uint8Array,
  found: (one: number, other: number) => void,
  pause: (done: number) => Promise<void>,
): Promise<void> {
  const count = hashes.length / hashBytes;
  const wordsOf = Array.from({ length: words }, (_, word) =>
    Uint16Array.from({ length: count }, (__, i) => {
      const at = i * hashBytes + 2 * word;
      return (hashes[at]! << 8) | hashes[at + 1]!;
    }),
  );
  let work = 0;
  for (const [word, values] of wordsOf.entries()) {
    const { order, starts } = sorted(values);
    for (let one = 0; one < count; one++) {
      work += masks.length + compare(wordsOf, word, one, { order, starts }, found);
      if (work < piece) continue;
      work = 0;
      await pause((word + one / count) / words);
    }
  }
}

/** Hashes by the value of one word. */
interface Sorted {
  /** [count] */
  readonly order: Int32Array;
  /** Where those of each value begin, and at last where they end. */
  readonly starts: Int32Array;
}

function sorted(values: Uint16Array): Sorted {
  const starts = new Int32Array(keys + 1);
  for (const value of values) starts[value + 1]!++;
  for (let key = 0; key < keys; key++) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const order = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) order[next[values[i]!]!++] = i;
  return { order, starts };
}

/** Compares one with those after it that are near in a word, and in no word before that. @returns with how many */
function compare(
  wordsOf: readonly Uint16Array[],
  word: number,
  one: number,
  { order, starts }: Sorted,
  found: (one: number, other: number) => void,
): number {
  const value = wordsOf[word]![one]!;
  let compared = 0;
  for (const mask of masks) {
    const key = value ^ mask;
    const end = starts[key + 1]!;
    compared += end - starts[key]!;
    // Each value's hashes are in their own order, so that the later ones are at its end.
    for (let at = end - 1; at >= starts[key]! && order[at]! > one; at--) {
      if (arePair(wordsOf, word, one, order[at]!)) found(one, order[at]!);
    }
  }
  return compared;
}

function arePair(wordsOf: readonly Uint16Array[], word: number, one: number, other: number): boolean {
  let bits = 0;
  for (let each = 0; each < words; each++) {
    const differing = bitCount(wordsOf[each]![one]! ^ wordsOf[each]![other]!);
    if (each < word && differing <= nearBits) return false;
    bits += differing;
  }
  return bits <= mostBits;
}

/** How many bits of a 32-bit number are set (Warren, Hacker’s Delight, 5–1). */
function bitCount(number: number): number {
  let bits = number - ((number >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
