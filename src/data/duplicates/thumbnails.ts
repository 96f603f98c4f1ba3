/** Small pictures by which whole sets are compared: 16 × 16, area-averaged. */
import type { ImageShape } from '../dataSet';
import { greyAt } from '../grey';
import { type Resampler, resampler } from '../resample';
import { hashedSide } from './perceptualHash';

/** Pixels of a small picture. */
export const smallPixels = hashedSide * hashedSide;

/** How pictures of a set become small ones: from their pixels to [16, 16, channels]. */
export function shrinking({ height, width, channels }: ImageShape): Resampler {
  return resampler({ height, width }, { height: hashedSide, width: hashedSide }, channels);
}

/** Writes a small picture in grey. @param grey [16, 16] */
export function inGrey(small: Uint8Array, from: number, channels: number, grey: Uint8Array): void {
  for (let i = 0; i < smallPixels; i++) grey[i] = greyAt(small, from + i * channels, channels);
}

/** Small pictures, one after the other. */
export interface Thumbnails {
  readonly channels: number;
  /** [count, 16, 16, channels] */
  readonly values: Uint8Array;
  /** Of each, the mean of its values. */
  readonly means: Float64Array;
  /** Of each, the root of the sum of squares around it. */
  readonly norms: Float64Array;
}

/** Room for so many. */
export function thumbnails(count: number, channels: number): Thumbnails {
  const values = new Uint8Array(count * smallPixels * channels);
  return { channels, values, means: new Float64Array(count), norms: new Float64Array(count) };
}

/** Mean, and root of the sum of squares around it, of the values of a picture that was written; kept with it. */
export function measure({ channels, values, means, norms }: Thumbnails, at: number): void {
  const size = smallPixels * channels;
  let sum = 0;
  let squares = 0;
  for (let i = at * size; i < (at + 1) * size; i++) {
    const value = values[i]!;
    sum += value;
    squares += value * value;
  }
  means[at] = sum / size;
  norms[at] = Math.sqrt(Math.max(0, squares - (sum * sum) / size));
}

/**
 * How far two small pictures are from each other, whatever their brightness and contrast: the root mean square of the differences of
 * their values, each with mean 0 and variance 1. 0 for the same, about √2 for pictures that have nothing in common.
 */
export function distance({ channels, values, means, norms }: Thumbnails, one: number, other: number): number {
  const product = norms[one]! * norms[other]!;
  if (product === 0) return Math.SQRT2;
  const size = smallPixels * channels;
  const [a, b] = [one * size, other * size];
  let sum = 0;
  for (let i = 0; i < size; i++) sum += Math.imul(values[a + i]!, values[b + i]!);
  const correlation = (sum - size * means[one]! * means[other]!) / product;
  return Math.sqrt(Math.max(0, 2 - 2 * correlation));
}
