/**
 * How far a small picture is from another that may be moved and zoomed by parts of a pixel, as a copy is whose sides were rounded before it
 * was cropped: what is left of it by least squares over the other's values, their slopes in both directions, the slopes times
 * the place (zoom), and a constant for each channel (Lucas and Kanade, 1981, with an affine model).
 */
import { cholesky, solveLower } from '../../cholesky';
import { hashedSide } from './perceptualHash';
import { smallPixels, type Thumbnails } from './thumbnails';

/** Values, two slopes, two of zoom. */
const moving = 5;
/** Of the largest sum of squares: what is symmetric or striped has no slopes of its own, or none in one direction. */
const ridge = 1e-12;

/**
 * The larger of both directions, as the root of the share of the other's squares around its mean that is left. For what is near, what
 * `distance` would give if they lay on each other.
 */
export function alignedDistance(thumbnails: Thumbnails, one: number, other: number): number {
  return Math.max(left(thumbnails, one, other), left(thumbnails, other, one));
}

function left({ channels, values, norms }: Thumbnails, from: number, to: number): number {
  const columns = moving + channels;
  const row = new Float64Array(columns);
  const gram = new Float64Array(columns * columns);
  const products = new Float64Array(columns);
  const size = smallPixels * channels;
  let squares = 0;
  for (let y = 0; y < hashedSide; y++) {
    for (let x = 0; x < hashedSide; x++) {
      for (let c = 0; c < channels; c++) {
        const place = (y * hashedSide + x) * channels + c;
        const value = values[to * size + place]!;
        fill(row, values, { at: from * size + place, x, y, c, channels });
        squares += value * value;
        for (let i = 0; i < columns; i++) {
          products[i]! += row[i]! * value;
          for (let j = 0; j <= i; j++) gram[i * columns + j]! += row[i]! * row[j]!;
        }
      }
    }
  }
  let largest = 0;
  for (let i = 0; i < columns; i++) largest = Math.max(largest, gram[i * columns + i]!);
  for (let i = 0; i < columns; i++) gram[i * columns + i]! += ridge * largest;
  // What the columns explain is bᵀ·(AᵀA)⁻¹·b = |L⁻¹·b|².
  const explained = solveLower(cholesky(gram, columns), products).reduce((sum, each) => sum + each * each, 0);
  return Math.sqrt(Math.max(0, squares - explained)) / norms[to]!;
}

interface PixelPlace {
  readonly at: number;
  readonly x: number;
  readonly y: number;
  readonly c: number;
  readonly channels: number;
}

/** One value of a picture, with its slopes (central differences, one-sided at the edges). */
function fill(row: Float64Array, values: Uint8Array, { at, x, y, c, channels }: PixelPlace): void {
  const last = hashedSide - 1;
  const slope = (position: number, step: number): number => {
    const [before, after] = [position > 0 ? 1 : 0, position < last ? 1 : 0];
    return (values[at + after * step]! - values[at - before * step]!) / (before + after);
  };
  const [across, down] = [slope(x, channels), slope(y, channels * hashedSide)];
  row.fill(0);
  row[0] = values[at]!;
  row[1] = across;
  row[2] = down;
  row[3] = (across * (x - last / 2)) / (last / 2);
  row[4] = (down * (y - last / 2)) / (last / 2);
  row[moving + c] = 1;
}
