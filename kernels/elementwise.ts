/**
 * What an image goes through entry by entry: affine maps of the channels into which normalization, its scale and shift, and
 * a mixture weight are folded; sums, multiples and products of whole images. Vectors have one entry a channel.
 */
import { blockOf, madd, zero } from './simd';

/** y = scale·z + shift. */
export function affine(z: usize, scale: usize, shift: usize, y: usize, pixels: i32, channels: i32): void {
  const pixel = (<usize>channels) << 2;
  const last = <usize>pixels * pixel;
  const span = blockOf(pixel);
  for (let start: usize = 0; start < last; start += span) {
    const end = min(start + span, last);
    for (let c: usize = 0; c < pixel; c += 16) {
      const k = v128.load(scale + c),
        b = v128.load(shift + c);
      for (let q = start + c; q < end; q += pixel) v128.store(y + q, madd(v128.load(z + q), k, b));
    }
  }
}

/** y += scale·z. */
export function scaledAdd(z: usize, scale: usize, y: usize, pixels: i32, channels: i32): void {
  const pixel = (<usize>channels) << 2;
  const last = <usize>pixels * pixel;
  const span = blockOf(pixel);
  for (let start: usize = 0; start < last; start += span) {
    const end = min(start + span, last);
    for (let c: usize = 0; c < pixel; c += 16) {
      const k = v128.load(scale + c);
      for (let q = start + c; q < end; q += pixel)
        v128.store(y + q, madd(v128.load(z + q), k, v128.load(y + q)));
    }
  }
}

/** y += gate·(scale·z + shift), with one gate for the image. */
export function gatedAdd(
  z: usize,
  scale: usize,
  shift: usize,
  gate: usize,
  y: usize,
  pixels: i32,
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const last = <usize>pixels * pixel;
  const span = blockOf(pixel);
  const open = v128.load32_splat(gate);
  for (let start: usize = 0; start < last; start += span) {
    const end = min(start + span, last);
    for (let c: usize = 0; c < pixel; c += 16) {
      const k = f32x4.mul(v128.load(scale + c), open),
        b = f32x4.mul(v128.load(shift + c), open);
      for (let q = start + c; q < end; q += pixel) {
        v128.store(y + q, f32x4.add(v128.load(y + q), madd(v128.load(z + q), k, b)));
      }
    }
  }
}

/** y = the sum of `terms` vectors, at every pixel. */
export function fill(vectors: usize, y: usize, terms: i32, pixels: i32, channels: i32): void {
  const pixel = (<usize>channels) << 2;
  const end = <usize>pixels * pixel;
  for (let c: usize = 0; c < pixel; c += 16) {
    let b = zero();
    for (let t = 0; t < terms; t++) b = f32x4.add(b, v128.load(vectors + <usize>t * pixel + c));
    for (let q = c; q < end; q += pixel) v128.store(y + q, b);
  }
}

/** y += x. */
export function add(x: usize, y: usize, count: i32): void {
  const end = (<usize>count) << 2;
  for (let q: usize = 0; q < end; q += 16) v128.store(y + q, f32x4.add(v128.load(x + q), v128.load(y + q)));
}

/** y += factor·x. */
export function multipleAdd(x: usize, factor: usize, y: usize, count: i32): void {
  const k = v128.load32_splat(factor);
  const end = (<usize>count) << 2;
  for (let q: usize = 0; q < end; q += 16) v128.store(y + q, madd(k, v128.load(x + q), v128.load(y + q)));
}

/** y = factor·x. */
export function multiple(x: usize, factor: usize, y: usize, count: i32): void {
  const k = v128.load32_splat(factor);
  const end = (<usize>count) << 2;
  for (let q: usize = 0; q < end; q += 16) v128.store(y + q, f32x4.mul(k, v128.load(x + q)));
}

/** The double at `sum` += Σ g·x. */
export function dot(g: usize, x: usize, sum: usize, count: i32): void {
  const end = (<usize>count) << 2;
  let a = zero(),
    b = zero();
  let q: usize = 0;
  for (; q + 16 < end; q += 32) {
    a = madd(v128.load(g + q), v128.load(x + q), a);
    b = madd(v128.load(g + q, 16), v128.load(x + q, 16), b);
  }
  if (q < end) a = madd(v128.load(g + q), v128.load(x + q), a);
  a = f32x4.add(a, b);
  const total =
    <f64>f32x4.extract_lane(a, 0) +
    <f64>f32x4.extract_lane(a, 1) +
    <f64>f32x4.extract_lane(a, 2) +
    <f64>f32x4.extract_lane(a, 3);
  store<f64>(sum, load<f64>(sum) + total);
}
