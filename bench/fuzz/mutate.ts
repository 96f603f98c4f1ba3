/** Damage to files as downloads, disks and mistaken programs do it, and as somebody might who looks for what a reader takes on trust. */
import type { Random } from '../../src/random';

type Damage = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Numbers at which counts and lengths turn over. */
const extremes = [0n, 1n, 0x7fn, 0xffn, 0x7fffn, 0xffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn, -2n, -1n];
/** What texts and their quotes stumble over. */
const words = [
  '"',
  '\n',
  '\r',
  '\0',
  ',',
  ';',
  '{',
  ']',
  '\\',
  '../',
  '/',
  '\ufeff',
  '1e999',
  '-1',
  'NaN',
  'null',
];

/** A place in a file: half of them near its ends, where headers and directories are. */
function placeIn({ length }: Uint8Array, random: Random): number {
  const near = Math.min(length, 128);
  if (random.integer(2) === 0) return random.integer(length);
  return random.integer(2) === 0 ? random.integer(near) : length - 1 - random.integer(near);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Bytes from a place on, at most some hundreds. */
function pieceOf(bytes: Uint8Array, random: Random): Uint8Array {
  const at = placeIn(bytes, random);
  return bytes.subarray(at, at + 1 + random.integer(400));
}

const damages: readonly Damage[] = [
  function flipBits(bytes, random) {
    for (let i = random.integer(8); i >= 0; i--) bytes[placeIn(bytes, random)]! ^= 1 << random.integer(8);
    return bytes;
  },
  function changeBytes(bytes, random) {
    for (let i = random.integer(4); i >= 0; i--) bytes[placeIn(bytes, random)] = random.integer(256);
    return bytes;
  },
  function setNumber(bytes, random) {
    const size = 2 ** random.integer(4);
    const at = Math.max(0, Math.min(placeIn(bytes, random), bytes.length - size));
    let value = extremes[random.integer(extremes.length)]!;
    const isLittle = random.integer(2) === 0;
    for (let i = 0; i < size && at + i < bytes.length; i++, value >>= 8n)
      bytes[isLittle ? at + i : at + size - 1 - i] = Number(value & 0xffn);
    return bytes;
  },
  function cut(bytes, random) {
    return bytes.slice(0, placeIn(bytes, random));
  },
  function leaveOut(bytes, random) {
    const at = placeIn(bytes, random);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.integer(64)));
  },
  function splice(bytes, random) {
    const at = placeIn(bytes, random);
    return joined(bytes.subarray(0, at), pieceOf(bytes, random), bytes.subarray(at));
  },
  function overlay(bytes, random) {
    const piece = pieceOf(bytes, random).slice();
    const at = placeIn(bytes, random);
    bytes.set(piece.subarray(0, bytes.length - at), at);
    return bytes;
  },
  function insertWord(bytes, random) {
    const at = placeIn(bytes, random);
    const word = words[random.integer(words.length)]!.repeat(random.integer(20) === 0 ? 20_000 : 1);
    return joined(bytes.subarray(0, at), Buffer.from(word), bytes.subarray(at));
  },
];

/** A file that was damaged, in more than one way every other time. */
export function damaged(sound: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(sound);
  for (let i = Math.max(0, random.integer(5) - 2); i >= 0 && bytes.length > 0; i--)
    bytes = damages[random.integer(damages.length)]!(bytes, random);
  return bytes;
}
