/** Smaller images by area averaging: every pixel of the result is the mean of the area that it covers. */
import { UserError } from '../errors';
import { type ImageSet, imageSize } from './dataSet';

interface Cover {
  /** First source pixel that a result pixel covers. */
  readonly start: number;
  /** Covered parts of it and of those after it; they add up to 1. */
  readonly weights: readonly number[];
}

function covers(from: number, to: number): Cover[] {
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

type Size = Pick<ImageSet, 'height' | 'width'>;

/**
 * Height and width once the shorter side has `side` pixels: the aspect is kept, as far as whole pixels can. Unchanged without
 * `side`.
 * @throws UserError when the images are smaller than that
 */
export function shrunkShape({ height, width }: Size, side?: number): Size {
  if (side === undefined) return { height, width };
  const shorter = Math.min(height, width);
  if (side > shorter) {
    throw new UserError(
      `Images of ${height} × ${width} pixels have no side that could be shrunk to ${side}.`,
      `Use an image size of at most ${shorter}, or leave it out.`,
      'image-size',
    );
  }
  const shrunk = (length: number): number => Math.round((length * side) / shorter);
  return { height: shrunk(height), width: shrunk(width) };
}

/**
 * Images whose shorter side has `side` pixels, in their aspect; the set itself when they have that size already.
 * @throws UserError when the images are smaller than that
 */
export function shrinkImages(set: ImageSet, side: number): ImageSet {
  const { height, width, channels, count } = set;
  const shrunk = shrunkShape(set, side);
  if (shrunk.height === height && shrunk.width === width) return set;
  const [rows, columns] = [covers(height, shrunk.height), covers(width, shrunk.width)];
  const size = imageSize(set);
  const images = new Uint8Array(count * imageSize({ ...shrunk, channels }));
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (const row of rows) {
      for (const column of columns) {
        const corner = image * size + (row.start * width + column.start) * channels;
        for (let c = 0; c < channels; c++, at++) {
          let sum = 0;
          for (let i = 0; i < row.weights.length; i++) {
            for (let j = 0; j < column.weights.length; j++) {
              const value = set.images[corner + (i * width + j) * channels + c]!;
              sum += row.weights[i]! * column.weights[j]! * value;
            }
          }
          images[at] = Math.round(sum);
        }
      }
    }
  }
  return { ...set, ...shrunk, images };
}
