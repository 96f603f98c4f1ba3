/** Small helpers over 128-bit vectors of four floats. */

/** a·b + c: one rounding where the machine fuses it (relaxed SIMD), two elsewhere. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

export function zero(): v128 {
  return f32x4.splat(0);
}

/** The first two floats as doubles. */
export function low(value: v128): v128 {
  return f64x2.promote_low_f32x4(value);
}

/** The last two floats as doubles. */
export function high(value: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(value, value, 2, 3, 2, 3));
}

/** Adds a vector of floats to four doubles. */
export function addToDoubles(at: usize, value: v128): void {
  v128.store(at, f64x2.add(v128.load(at), low(value)));
  v128.store(at, f64x2.add(v128.load(at, 16), high(value)), 16);
}

/** Bytes of the largest piece of an image that a kernel goes over several times: a part of the nearest cache. */
export const block: usize = 8192;

/** Bytes of as many whole pixels as fit into a block; at least one. */
export function blockOf(pixel: usize): usize {
  return pixel < block ? (block / pixel) * pixel : pixel;
}
