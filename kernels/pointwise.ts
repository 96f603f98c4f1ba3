/**
 * Products over channels: a 1 × 1 convolution and its two gradients, for the pixels of one image.
 * Matrices are row-major floats; channel counts are multiples of 4.
 */
import { blockOf, madd, zero } from './simd';

/** Outputs o … o+7 of four pixels. */
function tile4x8(x: usize, w: usize, y: usize, xPixel: usize, yPixel: usize, accumulate: bool): void {
  let a0 = zero(),
    a1 = zero(),
    b0 = zero(),
    b1 = zero(),
    c0 = zero(),
    c1 = zero(),
    d0 = zero(),
    d1 = zero();
  if (accumulate) {
    let r = y;
    a0 = v128.load(r);
    a1 = v128.load(r, 16);
    r += yPixel;
    b0 = v128.load(r);
    b1 = v128.load(r, 16);
    r += yPixel;
    c0 = v128.load(r);
    c1 = v128.load(r, 16);
    r += yPixel;
    d0 = v128.load(r);
    d1 = v128.load(r, 16);
  }
  const end = x + xPixel;
  const x1 = xPixel,
    x2 = xPixel * 2,
    x3 = xPixel * 3;
  for (let q = x; q < end; q += 4) {
    const u = v128.load(w),
      v = v128.load(w, 16);
    const s0 = v128.load32_splat(q),
      s1 = v128.load32_splat(q + x1);
    const s2 = v128.load32_splat(q + x2),
      s3 = v128.load32_splat(q + x3);
    a0 = madd(s0, u, a0);
    a1 = madd(s0, v, a1);
    b0 = madd(s1, u, b0);
    b1 = madd(s1, v, b1);
    c0 = madd(s2, u, c0);
    c1 = madd(s2, v, c1);
    d0 = madd(s3, u, d0);
    d1 = madd(s3, v, d1);
    w += yPixel;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  y += yPixel;
  v128.store(y, b0);
  v128.store(y, b1, 16);
  y += yPixel;
  v128.store(y, c0);
  v128.store(y, c1, 16);
  y += yPixel;
  v128.store(y, d0);
  v128.store(y, d1, 16);
}

/** Outputs o … o+3 of four pixels. */
function tile4x4(x: usize, w: usize, y: usize, xPixel: usize, yPixel: usize, accumulate: bool): void {
  let a = zero(),
    b = zero(),
    c = zero(),
    d = zero();
  if (accumulate) {
    a = v128.load(y);
    b = v128.load(y + yPixel);
    c = v128.load(y + yPixel * 2);
    d = v128.load(y + yPixel * 3);
  }
  const end = x + xPixel;
  const x1 = xPixel,
    x2 = xPixel * 2,
    x3 = xPixel * 3;
  for (let q = x; q < end; q += 4) {
    const u = v128.load(w);
    a = madd(v128.load32_splat(q), u, a);
    b = madd(v128.load32_splat(q + x1), u, b);
    c = madd(v128.load32_splat(q + x2), u, c);
    d = madd(v128.load32_splat(q + x3), u, d);
    w += yPixel;
  }
  v128.store(y, a);
  v128.store(y + yPixel, b);
  v128.store(y + yPixel * 2, c);
  v128.store(y + yPixel * 3, d);
}

/** Outputs o … o+3 of one pixel. */
function tile1x4(x: usize, w: usize, y: usize, xPixel: usize, yPixel: usize, accumulate: bool): void {
  let a = accumulate ? v128.load(y) : zero();
  const end = x + xPixel;
  for (let q = x; q < end; q += 4) {
    a = madd(v128.load32_splat(q), v128.load(w), a);
    w += yPixel;
  }
  v128.store(y, a);
}

/** Four inputs: their weights for four outputs stay in registers for all pixels, two at a time. */
function fourInputs(x: usize, w: usize, y: usize, pixels: i32, outputs: i32, accumulate: bool): void {
  const yPixel = (<usize>outputs) << 2;
  for (let o: usize = 0; o < yPixel; o += 16) {
    let p = w + o;
    const w0 = v128.load(p);
    p += yPixel;
    const w1 = v128.load(p);
    p += yPixel;
    const w2 = v128.load(p);
    p += yPixel;
    const w3 = v128.load(p);
    let q = x,
      r = y + o;
    for (let n = pixels >> 1; n > 0; n--) {
      const s = r + yPixel;
      let a = accumulate ? v128.load(r) : zero(),
        b = accumulate ? v128.load(s) : zero();
      a = madd(v128.load32_splat(q), w0, a);
      b = madd(v128.load32_splat(q, 16), w0, b);
      a = madd(v128.load32_splat(q, 4), w1, a);
      b = madd(v128.load32_splat(q, 20), w1, b);
      a = madd(v128.load32_splat(q, 8), w2, a);
      b = madd(v128.load32_splat(q, 24), w2, b);
      a = madd(v128.load32_splat(q, 12), w3, a);
      b = madd(v128.load32_splat(q, 28), w3, b);
      v128.store(r, a);
      v128.store(s, b);
      q += 32;
      r = s + yPixel;
    }
    if (pixels & 1) tile1x4(q, w + o, r, 16, yPixel, accumulate);
  }
}

/**
 * y = x·w, or y += x·w.
 * @param x [pixels, inputs]
 * @param w [inputs, outputs]
 * @param y [pixels, outputs]
 */
export function pointwise(
  x: usize,
  w: usize,
  y: usize,
  pixels: i32,
  inputs: i32,
  outputs: i32,
  accumulate: bool,
): void {
  if (inputs == 4) return fourInputs(x, w, y, pixels, outputs, accumulate);
  const xPixel = (<usize>inputs) << 2;
  const yPixel = (<usize>outputs) << 2;
  const whole = pixels & ~3;
  const wide = (<usize>(outputs & ~7)) << 2;
  const span = max(<i32>(blockOf(xPixel) / xPixel) & ~3, 4);
  for (let start = 0; start < whole; start += span) {
    const end = min(start + span, whole);
    const xStart = x + <usize>start * xPixel,
      yStart = y + <usize>start * yPixel;
    for (let o: usize = 0; o < wide; o += 32) {
      let q = xStart,
        r = yStart + o;
      for (let n = start; n < end; n += 4) {
        tile4x8(q, w + o, r, xPixel, yPixel, accumulate);
        q += xPixel * 4;
        r += yPixel * 4;
      }
    }
    if (wide < yPixel) {
      let q = xStart,
        r = yStart + wide;
      for (let n = start; n < end; n += 4) {
        tile4x4(q, w + wide, r, xPixel, yPixel, accumulate);
        q += xPixel * 4;
        r += yPixel * 4;
      }
    }
  }
  for (let n = whole; n < pixels; n++) {
    for (let o: usize = 0; o < yPixel; o += 16) {
      tile1x4(x + <usize>n * xPixel, w + o, y + <usize>n * yPixel + o, xPixel, yPixel, accumulate);
    }
  }
}

/**
 * dw += xᵀ·dy, four inputs by eight outputs at a time.
 * @param x [pixels, inputs]
 * @param dy [pixels, outputs]
 * @param dw [inputs, outputs]
 */
export function pointwiseFilterGradient(
  x: usize,
  dy: usize,
  dw: usize,
  pixels: i32,
  inputs: i32,
  outputs: i32,
): void {
  const xPixel = (<usize>inputs) << 2;
  const yPixel = (<usize>outputs) << 2;
  const last = x + <usize>pixels * xPixel;
  const span = blockOf(max(xPixel, yPixel)) / max(xPixel, yPixel);
  for (; x < last; x += span * xPixel, dy += span * yPixel) {
    const end = min(x + span * xPixel, last);
    for (let i: usize = 0; i < xPixel; i += 16) {
      let o: usize = 0;
      for (; o + 32 <= yPixel; o += 32) {
        let p = dw + (i >> 2) * yPixel + o;
        let a0 = v128.load(p),
          a1 = v128.load(p, 16);
        p += yPixel;
        let b0 = v128.load(p),
          b1 = v128.load(p, 16);
        p += yPixel;
        let c0 = v128.load(p),
          c1 = v128.load(p, 16);
        p += yPixel;
        let d0 = v128.load(p),
          d1 = v128.load(p, 16);
        let r = dy + o;
        for (let q = x + i; q < end; q += xPixel) {
          const u = v128.load(r),
            v = v128.load(r, 16);
          const s0 = v128.load32_splat(q),
            s1 = v128.load32_splat(q, 4);
          const s2 = v128.load32_splat(q, 8),
            s3 = v128.load32_splat(q, 12);
          a0 = madd(s0, u, a0);
          a1 = madd(s0, v, a1);
          b0 = madd(s1, u, b0);
          b1 = madd(s1, v, b1);
          c0 = madd(s2, u, c0);
          c1 = madd(s2, v, c1);
          d0 = madd(s3, u, d0);
          d1 = madd(s3, v, d1);
          r += yPixel;
        }
        p = dw + (i >> 2) * yPixel + o;
        v128.store(p, a0);
        v128.store(p, a1, 16);
        p += yPixel;
        v128.store(p, b0);
        v128.store(p, b1, 16);
        p += yPixel;
        v128.store(p, c0);
        v128.store(p, c1, 16);
        p += yPixel;
        v128.store(p, d0);
        v128.store(p, d1, 16);
      }
      if (o < yPixel) {
        const p = dw + (i >> 2) * yPixel + o;
        let a = v128.load(p),
          b = v128.load(p + yPixel),
          c = v128.load(p + yPixel * 2),
          d = v128.load(p + yPixel * 3);
        let r = dy + o;
        for (let q = x + i; q < end; q += xPixel) {
          const u = v128.load(r);
          a = madd(v128.load32_splat(q), u, a);
          b = madd(v128.load32_splat(q, 4), u, b);
          c = madd(v128.load32_splat(q, 8), u, c);
          d = madd(v128.load32_splat(q, 12), u, d);
          r += yPixel;
        }
        v128.store(p, a);
        v128.store(p + yPixel, b);
        v128.store(p + yPixel * 2, c);
        v128.store(p + yPixel * 3, d);
      }
    }
  }
}
