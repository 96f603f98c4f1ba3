/**
 * Batch normalization in pieces: sums over one image's pixels, moments from the sums of all images, and the gradient folded
 * into three vectors. Vectors have one entry a channel.
 */
import { addToDoubles, blockOf, high, low, madd, zero } from './simd';

/** `batchNormEpsilon` of src/space/layers.ts. */
const epsilon: f32 = 1e-5;

/** Adds Σ z and Σ z² of two channels, given Σ (z − p) and Σ (z − p)² of n values. */
function addMoments(sum: usize, squares: usize, s: v128, t: v128, p: v128, n: f64): void {
  const np = f64x2.mul(f64x2.splat(n), p);
  v128.store(sum, f64x2.add(v128.load(sum), f64x2.add(s, np)));
  const crossed = f64x2.mul(p, f64x2.add(f64x2.add(s, s), np));
  v128.store(squares, f64x2.add(v128.load(squares), f64x2.add(t, crossed)));
}

/**
 * sums[0] += Σ z, sums[1] += Σ z² over the pixels. Floats only hold differences from the first pixel of a block, so that
 * a mean that is large beside the deviation costs no digits.
 */
export function statistics(z: usize, sums: usize, pixels: i32, channels: i32): void {
  const pixel = (<usize>channels) << 2;
  const last = z + <usize>pixels * pixel;
  const span = blockOf(pixel);
  for (let start = z; start < last; start += span) {
    const end = min(start + span, last);
    const n = <f64>((end - start) / pixel);
    for (let c: usize = 0; c < pixel; c += 16) {
      const p = v128.load(start + c);
      let s = zero(),
        t = zero(),
        s1 = zero(),
        t1 = zero();
      let q = start + c;
      for (; q + pixel < end; q += pixel * 2) {
        const u = f32x4.sub(v128.load(q), p),
          v = f32x4.sub(v128.load(q + pixel), p);
        s = f32x4.add(s, u);
        s1 = f32x4.add(s1, v);
        t = madd(u, u, t);
        t1 = madd(v, v, t1);
      }
      if (q < end) {
        const u = f32x4.sub(v128.load(q), p);
        s = f32x4.add(s, u);
        t = madd(u, u, t);
      }
      s = f32x4.add(s, s1);
      t = f32x4.add(t, t1);
      const sum = sums + c * 2,
        squares = sums + pixel * 2 + c * 2;
      addMoments(sum, squares, low(s), low(t), low(p), n);
      addMoments(sum + 16, squares + 16, high(s), high(t), high(p), n);
    }
  }
}

/** sums[0] += Σ g, sums[1] += Σ g·(z − mean) over the pixels. */
export function products(g: usize, z: usize, mean: usize, sums: usize, pixels: i32, channels: i32): void {
  const pixel = (<usize>channels) << 2;
  const last = <usize>pixels * pixel;
  const span = blockOf(pixel);
  for (let start: usize = 0; start < last; start += span) {
    const end = min(start + span, last);
    for (let c: usize = 0; c < pixel; c += 16) {
      const m = v128.load(mean + c);
      let s = zero(),
        t = zero(),
        s1 = zero(),
        t1 = zero();
      let q = start + c;
      for (; q + pixel < end; q += pixel * 2) {
        const u = v128.load(g + q),
          v = v128.load(g + q + pixel);
        s = f32x4.add(s, u);
        s1 = f32x4.add(s1, v);
        t = madd(u, f32x4.sub(v128.load(z + q), m), t);
        t1 = madd(v, f32x4.sub(v128.load(z + q + pixel), m), t1);
      }
      if (q < end) {
        const u = v128.load(g + q);
        s = f32x4.add(s, u);
        t = madd(u, f32x4.sub(v128.load(z + q), m), t);
      }
      addToDoubles(sums + c * 2, f32x4.add(s, s1));
      addToDoubles(sums + pixel * 2 + c * 2, f32x4.add(t, t1));
    }
  }
}

/** Sets g to 0 where scale·z + shift is not positive (the ReLU after a BN), then sums as `products` does. */
export function maskedProducts(
  g: usize,
  z: usize,
  mean: usize,
  scale: usize,
  shift: usize,
  sums: usize,
  pixels: i32,
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const last = <usize>pixels * pixel;
  const span = blockOf(pixel);
  for (let start: usize = 0; start < last; start += span) {
    const end = min(start + span, last);
    for (let c: usize = 0; c < pixel; c += 16) {
      const m = v128.load(mean + c),
        k = v128.load(scale + c),
        b = v128.load(shift + c);
      let s = zero(),
        t = zero();
      for (let q = start + c; q < end; q += pixel) {
        const v = v128.load(z + q);
        const u = v128.and(v128.load(g + q), f32x4.gt(madd(v, k, b), zero()));
        v128.store(g + q, u);
        s = f32x4.add(s, u);
        t = madd(u, f32x4.sub(v, m), t);
      }
      addToDoubles(sums + c * 2, s);
      addToDoubles(sums + pixel * 2 + c * 2, t);
    }
  }
}

/**
 * dz = k₀·g + k₁·z + k₂, or dz += …: the gradient of BN with its sums folded into three vectors (`backwardMoments`).
 * @param k three vectors
 */
export function gradient(
  g: usize,
  z: usize,
  k: usize,
  dz: usize,
  pixels: i32,
  channels: i32,
  accumulate: bool,
): void {
  const pixel = (<usize>channels) << 2;
  const last = <usize>pixels * pixel;
  const span = blockOf(pixel);
  for (let start: usize = 0; start < last; start += span) {
    const end = min(start + span, last);
    for (let c: usize = 0; c < pixel; c += 16) {
      const k0 = v128.load(k + c),
        k1 = v128.load(k + pixel + c),
        k2 = v128.load(k + pixel * 2 + c);
      if (accumulate) {
        for (let q = start + c; q < end; q += pixel) {
          const base = f32x4.add(v128.load(dz + q), k2);
          v128.store(dz + q, madd(v128.load(g + q), k0, madd(v128.load(z + q), k1, base)));
        }
      } else {
        for (let q = start + c; q < end; q += pixel) {
          v128.store(dz + q, madd(v128.load(g + q), k0, madd(v128.load(z + q), k1, k2)));
        }
      }
    }
  }
}

/** Total of entry `i` over the chunks of a table of doubles with `stride` bytes a chunk. */
function total(table: usize, i: usize, chunks: i32, stride: usize): f64 {
  let sum: f64 = 0;
  let at = table + (i << 3);
  for (let g = 0; g < chunks; g++) {
    sum += load<f64>(at);
    at += stride;
  }
  return sum;
}

/** `total`, with `paired` that of both images. */
function totalOf(table: usize, i: usize, chunks: i32, stride: usize, paired: bool): f64 {
  const own = total(table, i, chunks, stride);
  return paired ? own + total(table, i ^ 2, chunks, stride) : own;
}

/**
 * Mean, 1/√(variance + ε) and unbiased variance from the sums of all chunks.
 * @param sums per chunk: Σ z and Σ z², doubles
 * @param moments three vectors out
 * @param paired whether vectors hold two images (`pairs.ts`)
 */
export function forwardMoments(
  sums: usize,
  moments: usize,
  chunks: i32,
  channels: i32,
  count: i32,
  paired: bool,
): void {
  const n = <usize>channels;
  const stride = n << 4;
  const m = <f64>count;
  for (let c: usize = 0; c < n; c++) {
    const mean = totalOf(sums, c, chunks, stride, paired) / m;
    const variance = max(totalOf(sums, n + c, chunks, stride, paired) / m - mean * mean, 0);
    store<f32>(moments + (c << 2), <f32>mean);
    store<f32>(moments + ((n + c) << 2), <f32>(1 / sqrt(variance + <f64>epsilon)));
    store<f32>(moments + ((2 * n + c) << 2), <f32>((variance * m) / max(m - 1, 1)));
  }
}

/**
 * scale = w·γ/σ and shift = w·(β − γ·μ/σ): BN and the mixture weight w as one affine map.
 * @param gamma, beta, weight addresses; 0 stands for 1, 0 and 1
 */
export function foldAffine(
  moments: usize,
  gamma: usize,
  beta: usize,
  weight: usize,
  scale: usize,
  shift: usize,
  channels: i32,
): void {
  const n = <usize>channels;
  const w: f32 = weight ? load<f32>(weight) : 1;
  for (let c: usize = 0; c < n; c++) {
    const at = c << 2;
    const mean = load<f32>(moments + at),
      inverse = load<f32>(moments + (n << 2) + at);
    const k = (gamma ? load<f32>(gamma + at) : 1) * inverse;
    store<f32>(scale + at, w * k);
    store<f32>(shift + at, w * ((beta ? load<f32>(beta + at) : 0) - k * mean));
  }
}

/**
 * The three vectors of `gradient` from the sums Σ g and Σ g·(z − μ) of all chunks, and the gradients of γ, β and w. With
 * ẑ = (z − μ)/σ and q = mean(g·ẑ): dz = wγ/σ·(g − mean(g) − ẑ·q).
 * @param k three vectors out
 * @param normalized whether z has been replaced by ẑ, and the second sum is Σ g·ẑ
 * @param paired whether vectors hold two images (`pairs.ts`)
 * @param dGamma, dBeta, dWeight addresses; 0 where nobody asks.
 */
export function backwardMoments(
  sums: usize,
  moments: usize,
  gamma: usize,
  beta: usize,
  weight: usize,
  k: usize,
  dGamma: usize,
  dBeta: usize,
  dWeight: usize,
  chunks: i32,
  channels: i32,
  count: i32,
  normalized: bool,
  paired: bool,
): void {
  const n = <usize>channels;
  const stride = n << 4;
  const m = <f64>count;
  const w: f64 = weight ? <f64>load<f32>(weight) : 1;
  let ofWeight: f64 = 0;
  for (let c: usize = 0; c < n; c++) {
    const at = c << 2;
    const mean = <f64>load<f32>(moments + at),
      inverse = <f64>load<f32>(moments + (n << 2) + at);
    const scale: f64 = gamma ? <f64>load<f32>(gamma + at) : 1;
    const sumG = totalOf(sums, c, chunks, stride, paired);
    // From what the second sum multiplies with to ẑ.
    const unit: f64 = normalized ? 1 : inverse;
    const sumNormalized = unit * totalOf(sums, n + c, chunks, stride, paired);
    const k0 = w * scale * inverse;
    const slope = (k0 * unit * sumNormalized) / m;
    store<f32>(k + at, <f32>k0);
    store<f32>(k + (n << 2) + at, <f32>-slope);
    store<f32>(k + (n << 3) + at, <f32>((normalized ? 0 : slope * mean) - (k0 * sumG) / m));
    if (dGamma) store<f32>(dGamma + at, <f32>(w * sumNormalized));
    if (dBeta) store<f32>(dBeta + at, <f32>(w * sumG));
    ofWeight += scale * sumNormalized + (beta ? <f64>load<f32>(beta + at) * sumG : 0);
  }
  // A pair has every channel twice.
  if (dWeight) store<f32>(dWeight, <f32>(paired ? ofWeight / 2 : ofWeight));
}

/** The float at `y` = the sum of one double of every chunk, 64 bytes apart. */
export function sumDoubles(table: usize, y: usize, chunks: i32): void {
  store<f32>(y, <f32>total(table, 0, chunks, 64));
}
