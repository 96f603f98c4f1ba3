/**
 * Pictures of another height and width, row by row and column by column. A side that shrinks is averaged by area: every pixel of the
 * result is the mean of what it covers, parts of pixels included (what OpenCV calls INTER_AREA; Pillow's BOX takes whole pixels). A side that grows is interpolated linearly between the
 * centres of pixels, as Pillow's BILINEAR filter does.
 */
import type { ImageSet, ImageShape, ImageSize } from './dataSet';

/** Which source pixels a result pixel is made of, in one direction. */
interface Taps {
  readonly start: number;
  /** Of the pixel at `start` and those after it; they add up to 1. */
  readonly weights: readonly number[];
}

function averaged(from: number, to: number): Taps[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [begin, end] = [i * scale, (i + 1) * scale];
    const start = Math.floor(begin);
    // Minus a hair, so that rounding does not add a pixel of which nothing is covered.
    const last = Math.min(from, Math.ceil(end - 1e-9));
    const weights = Array.from({ length: last - start }, (__, j) => {
      return (Math.min(end, start + j + 1) - Math.max(begin, start + j)) / scale;
    });
    return { start, weights };
  });
}

function interpolated(from: number, to: number): Taps[] {
  return Array.from({ length: to }, (_, i) => {
    const centre = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const start = Math.floor(centre);
    const part = centre - start;
    return { start, weights: part === 0 ? [1] : [1 - part, part] };
  });
}

function tapsOf(from: number, to: number): Taps[] {
  return to > from ? interpolated(from, to) : averaged(from, to);
}

/** Writes one picture, [height, width, channels], to its place in an array. */
export type Resampler = (source: Uint8Array, from: number, target: Uint8Array, to: number) => void;

/** How pictures of one size become those of another. @param channels of both */
export function resampler(size: ImageSize, wanted: ImageSize, channels: number): Resampler {
  const [rows, columns] = [tapsOf(size.height, wanted.height), tapsOf(size.width, wanted.width)];
  const length = size.width * channels;
  /** One row of the result before its columns are made. */
  const sums = new Float64Array(length);
  return (source, from, target, to) => {
    let at = to;
    for (const row of rows) {
      sums.fill(0);
      for (let i = 0; i < row.weights.length; i++) {
        const weight = row.weights[i]!;
        const begin = from + (row.start + i) * length;
        for (let x = 0; x < length; x++) sums[x]! += weight * source[begin + x]!;
      }
      for (const { start, weights } of columns) {
        for (let c = 0; c < channels; c++, at++) {
          let sum = 0;
          let place = start * channels + c;
          for (let j = 0; j < weights.length; j++, place += channels) sum += weights[j]! * sums[place]!;
          target[at] = Math.round(sum);
        }
      }
    }
  };
}

/** A picture of a set, shrunk until no side is longer than `longest`. */
export function smallPicture(
  { images, height, width, channels }: ImageSet,
  index: number,
  longest: number,
): ImageShape & { readonly pixels: Uint8Array } {
  const image = images.at(index);
  const scale = longest / Math.max(height, width);
  if (scale >= 1) {
    return { height, width, channels, pixels: image.slice() };
  }
  const [high, wide] = [height, width].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ];
  const pixels = new Uint8Array(high * wide * channels);
  resampler({ height, width }, { height: high, width: wide }, channels)(image, 0, pixels, 0);
  return { height: high, width: wide, channels, pixels };
}
