/**
 * Two images side by side: where no image has more than two channels, half of every vector would be padding. The first two
 * entries of a vector then belong to one image and the last two to the next one, and kernels that treat entries alike
 * compute both at once.
 */
import { zero } from './simd';

/** y = x₀ and x₁ side by side. @param x0, x1 two images with at most two channels, padded to four */
export function pair(x0: usize, x1: usize, y: usize, pixels: i32): void {
  const end = (<usize>pixels) << 4;
  for (let q: usize = 0; q < end; q += 16)
    v128.store(y + q, i64x2.shuffle(v128.load(x0 + q), v128.load(x1 + q), 0, 2));
}

/** The other way: y₀ and y₁ = the two images of x, or += them. */
export function unpair(x: usize, y0: usize, y1: usize, pixels: i32, accumulate: bool): void {
  const end = (<usize>pixels) << 4;
  for (let q: usize = 0; q < end; q += 16) {
    const both = v128.load(x + q);
    let first = i64x2.shuffle(both, zero(), 0, 2),
      second = i64x2.shuffle(both, zero(), 1, 2);
    if (accumulate) {
      first = f32x4.add(first, v128.load(y0 + q));
      second = f32x4.add(second, v128.load(y1 + q));
    }
    v128.store(y0 + q, first);
    v128.store(y1 + q, second);
  }
}

/**
 * Weights for pairs of images: entries of a vector are repeated; a matrix of a product stands twice on the diagonal.
 * @param w, y [rows, 4]; rows and columns of a product beyond the second of each four are padding
 */
export function pairWeights(w: usize, y: usize, rows: i32, product: bool): void {
  const end = (<usize>rows) << 4;
  if (!product) {
    for (let r: usize = 0; r < end; r += 16) {
      const row = v128.load(w + r);
      v128.store(y + r, i64x2.shuffle(row, row, 0, 0));
    }
    return;
  }
  for (let r: usize = 0; r < end; r += 64) {
    for (let i: usize = r; i < r + 32; i += 16) {
      const row = v128.load(w + i);
      v128.store(y + i, i64x2.shuffle(row, zero(), 0, 2));
      v128.store(y + i + 32, i64x2.shuffle(row, zero(), 2, 0));
    }
  }
}

/** The gradient of `pairWeights`: what both images say about a weight, added up. */
export function unpairWeights(x: usize, y: usize, rows: i32, product: bool): void {
  const end = (<usize>rows) << 4;
  if (!product) {
    for (let r: usize = 0; r < end; r += 16) {
      const row = v128.load(x + r);
      v128.store(y + r, i64x2.shuffle(f32x4.add(row, i64x2.shuffle(row, row, 1, 1)), zero(), 0, 2));
    }
    return;
  }
  for (let r: usize = 0; r < end; r += 64) {
    for (let i: usize = r; i < r + 32; i += 16) {
      const second = v128.load(x + i + 32);
      const sum = f32x4.add(v128.load(x + i), i64x2.shuffle(second, second, 1, 1));
      v128.store(y + i, i64x2.shuffle(sum, zero(), 0, 2));
      v128.store(y + i + 32, zero());
    }
  }
}
