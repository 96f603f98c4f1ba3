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

/**
 * Images of `side` × `side` pixels; the set itself when they have that size already.
 * @throws UserError when the images are smaller than that
 */
export function shrinkImages(set: ImageSet, side: number): ImageSet {
  const { height, width, channels, count } = set;
  if (side === height && side === width) return set;
  if (side > height || side > width) {
    throw new UserError(
      `Images of ${height} × ${width} pixels cannot be shrunk to ${side} × ${side}.`,
      `Use an image size of at most ${Math.min(height, width)}.`,
      'image-size',
    );
  }
  const [rows, columns] = [covers(height, side), covers(width, side)];
  const size = imageSize(set);
  const images = new Uint8Array(count * side * side * channels);
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
  return { ...set, images, height: side, width: side };
}
