/** Which value of an array of pictures is full brightness, so that pictures of any type become bytes. */
import { broken } from '../broken';
import { stopIfCancelled } from '../dataSet';
import { type StoredArray, valuePieces } from './storedArray';

/** Floats that were scaled to 0 … 1 can end a hair above it. */
const scaledEnd = 1 + 1e-3;
/** More bits than pictures come with. */
const largestWhite = 0xffff;

/**
 * Full brightness where nobody says it: 1 for floats that do not exceed it; else the largest number of as many bits as the
 * largest value takes, at least eight. So bytes stay as they are however wide they are stored, pictures of 10, 12 or 14 bits keep
 * all of their range, and 16-bit pictures have the range of their type unless they leave half of it empty.
 */
export function fullBrightness(most: number, kind: StoredArray['type']['kind']): number {
  if (kind === 'float' && most <= scaledEnd) return 1;
  return Math.max(255, 2 ** Math.ceil(Math.log2(Math.round(most) + 1)) - 1);
}

/**
 * Full brightness of pictures that are spread over several arrays.
 * @param white by which a person says it
 * @throws UserError for values that no picture has, with the array that has them
 */
export async function findBrightness(
  arrays: readonly StoredArray[],
  white?: number,
  signal?: AbortSignal,
): Promise<number> {
  let most = 0;
  for (const array of arrays) {
    if (array.type.kind === 'boolean') return 1;
    if (array.type.name === 'uint8') return white ?? 255;
    const range = await rangeOf(array, signal);
    const { file, called } = array;
    const hint = 'Pictures are values from 0 on: 0 … 1, 0 … 255, or as many bits as they have.';
    if (range.strange !== undefined)
      throw broken(file, `${called} holds ${range.strange} for a pixel.`, hint);
    if (range.least < 0) throw broken(file, `${called} holds ${range.least} for a pixel.`, hint);
    if (range.most > largestWhite && white === undefined) {
      const say = 'Say which value is full brightness as data.white.';
      throw broken(file, `${called} holds ${range.most} for a pixel, more than 16 bits.`, say);
    }
    most = Math.max(most, range.most);
  }
  return white ?? fullBrightness(most, arrays[0]!.type.kind);
}

async function rangeOf(
  array: StoredArray,
  signal?: AbortSignal,
): Promise<{ least: number; most: number; strange?: number }> {
  let [least, most] = [Infinity, -Infinity];
  for await (const values of valuePieces(array)) {
    stopIfCancelled(signal);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) return { least, most, strange: value };
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return { least, most };
}

/** What a person should know of how pictures became bytes; nothing of bytes that stayed as they are. */
export function brightnessNotice({ type }: StoredArray, white: number): string | undefined {
  if (white === 255 && type.kind !== 'float') return undefined;
  if (type.kind === 'boolean') return undefined;
  return `Pixels are ${type.name}: ${white} is taken for full brightness and becomes 255 (data.white says another value).`;
}
