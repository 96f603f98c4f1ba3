/** Pictures out of arrays: which dimension is which, and their pixels as bytes in the order that image sets have. */
import { constants } from 'node:buffer';
import { broken } from '../broken';
import { type ImageShape, imageSize, stopIfCancelled } from '../dataSet';
import { describeArray, type StoredArray, stridesOf, valuePieces } from './storedArray';

export const layouts = ['channelsLast', 'channelsFirst'] as const;
type Layout = (typeof layouts)[number];

export interface PictureArray extends ImageShape {
  readonly array: StoredArray;
  readonly count: number;
  readonly layout: Layout;
}

/** Grey, grey with alpha, RGB, RGB with alpha: what a dimension is taken for channels by. */
const mostChannels = 4;

/**
 * Which dimension of an array is which: [n, height, width] is grey; of four, the last is channels where it is at most 4, else
 * the second where that is.
 * @param layout by which a person says it
 * @throws UserError for an array that is none of pictures
 */
export function pictureArray(array: StoredArray, layout?: Layout): PictureArray {
  const { shape, file, called } = array;
  const what = `${called} is ${describeArray(array)}`;
  const [count = 0, second = 0, third = 0, last = 0] = shape;
  if (shape.length < 3 || shape.length > 4) {
    const wanted =
      'Pictures are an array [n, height, width], [n, height, width, channels] or [n, channels, height, width].';
    throw broken(file, `${what}, which are no pictures.`, wanted);
  }
  if (shape.includes(0)) throw broken(file, `${what}, which is empty.`, 'Save an array with pictures in it.');
  const few = (size: number): boolean => size <= mostChannels;
  const found = shape.length === 3 || few(last) ? 'channelsLast' : few(second) ? 'channelsFirst' : undefined;
  const chosen = layout ?? found;
  if (!chosen) {
    const hint = 'Say which it is as data.layout: "channelsLast" or "channelsFirst".';
    throw broken(file, `${what}: neither the last nor the second dimension looks like channels.`, hint);
  }
  if (shape.length === 3)
    return { array, count, height: second, width: third, channels: 1, layout: 'channelsLast' };
  return chosen === 'channelsLast'
    ? { array, count, height: second, width: third, channels: last, layout: chosen }
    : { array, count, height: third, width: last, channels: second, layout: chosen };
}

/**
 * Memory for pictures.
 * @throws UserError when there is none
 */
export function pixelMemory({ array }: PictureArray, count: number, size: number): Uint8Array {
  const bytes = count * size;
  try {
    if (bytes <= constants.MAX_LENGTH) return new Uint8Array(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  const mib = Math.ceil(bytes / 2 ** 20);
  throw broken(
    array.file,
    `${array.called} takes ${mib} MiB of memory, more than there is.`,
    'Save fewer or smaller pictures.',
  );
}

/**
 * Reads pictures as bytes, row-major [n, height, width, channels].
 * @param white the value that becomes 255
 * @param target where they go, of exactly their size
 * @throws UserError when the file is broken
 */
export async function readPictures(
  pictures: PictureArray,
  white: number,
  target: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const { type } = pictures.array;
  const scale = 255 / white;
  const asTheyAre = white === 255 && type.name === 'uint8';
  let at = 0;
  for await (const values of valuePieces(pictures.array)) {
    stopIfCancelled(signal);
    if (asTheyAre) target.set(values, at);
    else {
      for (let i = 0; i < values.length; i++) {
        target[at + i] = Math.min(255, Math.floor(values[i]! * scale + 0.5));
      }
    }
    at += values.length;
  }
  inOrder(pictures, target);
}

type Four = readonly [number, number, number, number];

/** How far apart neighbours in n, y, x and c are in the array. */
function pictureStrides({ array, layout }: PictureArray): Four {
  const [n = 0, a = 0, b = 0, c = 0] = stridesOf(array);
  if (array.shape.length === 3) return [n, a, b, 0];
  return layout === 'channelsLast' ? [n, a, b, c] : [n, b, c, a];
}

/** Moves pixels from the order of their array to that of image sets. */
function inOrder(pictures: PictureArray, pixels: Uint8Array): void {
  const { array, count, layout } = pictures;
  const size = imageSize(pictures);
  if (!array.fortran && layout === 'channelsLast') return;
  const [image, ...inside] = pictureStrides(pictures);
  if (array.fortran) {
    const source = pixels.slice();
    for (let n = 0; n < count; n++) {
      copyImage(source, n * image, pixels.subarray(n * size, (n + 1) * size), pictures, inside);
    }
    return;
  }
  // In C order an image's values stay together: memory for one is enough.
  const source = new Uint8Array(size);
  for (let n = 0; n < count; n++) {
    const place = pixels.subarray(n * size, (n + 1) * size);
    source.set(place);
    copyImage(source, 0, place, pictures, inside);
  }
}

function copyImage(
  source: Uint8Array,
  start: number,
  target: Uint8Array,
  { height, width, channels }: ImageShape,
  [row, column, channel]: readonly number[],
): void {
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = start + y * row! + x * column!;
      for (let c = 0; c < channels; c++) target[at++] = source[pixel + c * channel!]!;
    }
  }
}
