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

/** What is summed up for one pair after the other. */
const row = new Float64Array(moving);

function left({ channels, values, norms }: Thumbnails, from: number, to: number): number {
  const columns = moving + channels;
  const gram = new Float64Array(columns * columns);
  const products = new Float64Array(columns);
  const size = smallPixels * channels;
  const [last, across] = [hashedSide - 1, channels];
  const down = channels * hashedSide;
  let squares = 0;
  for (let y = 0; y < hashedSide; y++) {
    // Slopes are central differences, and one-sided at the edges.
    const [above, below] = [y > 0 ? down : 0, y < last ? down : 0];
    const downScale = down / (above + below);
    for (let x = 0; x < hashedSide; x++) {
      const [before, after] = [x > 0 ? across : 0, x < last ? across : 0];
      const acrossScale = across / (before + after);
      for (let c = 0; c < channels; c++) {
        const place = (y * hashedSide + x) * channels + c;
        const at = from * size + place;
        const value = values[to * size + place]!;
        const slopeAcross = (values[at + after]! - values[at - before]!) * acrossScale;
        const slopeDown = (values[at + below]! - values[at - above]!) * downScale;
        row[0] = values[at]!;
        row[1] = slopeAcross;
        row[2] = slopeDown;
        row[3] = (slopeAcross * (x - last / 2)) / (last / 2);
        row[4] = (slopeDown * (y - last / 2)) / (last / 2);
        squares += value * value;
        const constant = (moving + c) * columns;
        products[moving + c]! += value;
        for (let i = 0; i < moving; i++) {
          const each = row[i]!;
          products[i]! += each * value;
          gram[constant + i]! += each;
          for (let j = 0; j <= i; j++) gram[i * columns + j]! += each * row[j]!;
        }
      }
    }
  }
  for (let c = moving; c < columns; c++) gram[c * columns + c] = smallPixels;
  let largest = 0;
  for (let i = 0; i < columns; i++) largest = Math.max(largest, gram[i * columns + i]!);
  for (let i = 0; i < columns; i++) gram[i * columns + i]! += ridge * largest;
  // What the columns explain is bᵀ·(AᵀA)⁻¹·b = |L⁻¹·b|².
  const explained = solveLower(cholesky(gram, columns), products).reduce((sum, each) => sum + each * each, 0);
  return Math.sqrt(Math.max(0, squares - explained)) / norms[to]!;
}
