/**
 * Depthwise convolution of one image and its gradients. Inputs lie in buffers with a border of zeros, so that no
 * kernel asks where the image ends; `x` points at the first pixel that tap (0, 0) of the first output reads.
 * Row sizes are in bytes; channel counts are multiples of 4.
 */
import { madd, zero } from './simd';

/**
 * One row of outputs for four channels: taps from the outside, outputs four at a time.
 * `step` is the distance of two outputs' inputs, `tap` of two taps, both in bytes.
 */
function row(
  x: usize,
  w: usize,
  y: usize,
  width: i32,
  pixel: usize,
  size: i32,
  tap: usize,
  step: usize,
  tapRow: usize,
  accumulate: bool,
): void {
  const s2 = step * 2,
    s3 = step * 3;
  let j = 0;
  for (; j + 4 <= width; j += 4) {
    let a = zero(),
      b = zero(),
      c = zero(),
      d = zero();
    if (accumulate) {
      a = v128.load(y);
      b = v128.load(y + pixel);
      c = v128.load(y + pixel * 2);
      d = v128.load(y + pixel * 3);
    }
    let wp = w,
      xr = x;
    for (let ky = 0; ky < size; ky++) {
      let q = xr;
      for (let kx = 0; kx < size; kx++) {
        const v = v128.load(wp);
        wp += pixel;
        a = madd(v128.load(q), v, a);
        b = madd(v128.load(q + step), v, b);
        c = madd(v128.load(q + s2), v, c);
        d = madd(v128.load(q + s3), v, d);
        q += tap;
      }
      xr += tapRow;
    }
    v128.store(y, a);
    v128.store(y + pixel, b);
    v128.store(y + pixel * 2, c);
    v128.store(y + pixel * 3, d);
    y += pixel * 4;
    x += step * 4;
  }
  for (; j < width; j++) {
    let a = accumulate ? v128.load(y) : zero();
    let wp = w,
      xr = x;
    for (let ky = 0; ky < size; ky++) {
      let q = xr;
      for (let kx = 0; kx < size; kx++) {
        a = madd(v128.load(q), v128.load(wp), a);
        wp += pixel;
        q += tap;
      }
      xr += tapRow;
    }
    v128.store(y, a);
    y += pixel;
    x += step;
  }
}

/** `row` for 5 × 5, its taps written out. */
function row5(
  x: usize,
  w: usize,
  y: usize,
  width: i32,
  pixel: usize,
  tap: usize,
  step: usize,
  tapRow: usize,
  accumulate: bool,
): void {
  const s2 = step * 2,
    s3 = step * 3;
  const whole = width & ~3;
  for (let j = 0; j < whole; j += 4) {
    let a = zero(),
      b = zero(),
      c = zero(),
      d = zero();
    if (accumulate) {
      a = v128.load(y);
      b = v128.load(y + pixel);
      c = v128.load(y + pixel * 2);
      d = v128.load(y + pixel * 3);
    }
    let wp = w,
      xr = x;
    for (let ky = 0; ky < 5; ky++) {
      let q = xr;
      let v = v128.load(wp);
      a = madd(v128.load(q), v, a);
      b = madd(v128.load(q + step), v, b);
      c = madd(v128.load(q + s2), v, c);
      d = madd(v128.load(q + s3), v, d);
      q += tap;
      v = v128.load(wp + pixel);
      a = madd(v128.load(q), v, a);
      b = madd(v128.load(q + step), v, b);
      c = madd(v128.load(q + s2), v, c);
      d = madd(v128.load(q + s3), v, d);
      q += tap;
      v = v128.load(wp + pixel * 2);
      a = madd(v128.load(q), v, a);
      b = madd(v128.load(q + step), v, b);
      c = madd(v128.load(q + s2), v, c);
      d = madd(v128.load(q + s3), v, d);
      q += tap;
      v = v128.load(wp + pixel * 3);
      a = madd(v128.load(q), v, a);
      b = madd(v128.load(q + step), v, b);
      c = madd(v128.load(q + s2), v, c);
      d = madd(v128.load(q + s3), v, d);
      q += tap;
      v = v128.load(wp + pixel * 4);
      a = madd(v128.load(q), v, a);
      b = madd(v128.load(q + step), v, b);
      c = madd(v128.load(q + s2), v, c);
      d = madd(v128.load(q + s3), v, d);
      wp += pixel * 5;
      xr += tapRow;
    }
    v128.store(y, a);
    v128.store(y + pixel, b);
    v128.store(y + pixel * 2, c);
    v128.store(y + pixel * 3, d);
    y += pixel * 4;
    x += step * 4;
  }
  if (whole < width) row(x, w, y, width - whole, pixel, 5, tap, step, tapRow, accumulate);
}

/** One row of outputs of a 3 × 3 filter, its nine taps in registers. */
function row3(
  x: usize,
  w: usize,
  y: usize,
  width: i32,
  pixel: usize,
  tap: usize,
  step: usize,
  tapRow: usize,
  accumulate: bool,
): void {
  const w0 = v128.load(w),
    w1 = v128.load(w + pixel),
    w2 = v128.load(w + pixel * 2);
  const w3 = v128.load(w + pixel * 3),
    w4 = v128.load(w + pixel * 4),
    w5 = v128.load(w + pixel * 5);
  const w6 = v128.load(w + pixel * 6),
    w7 = v128.load(w + pixel * 7),
    w8 = v128.load(w + pixel * 8);
  const tap2 = tap * 2;
  let r0 = x,
    r1 = x + tapRow,
    r2 = x + tapRow * 2,
    o = y;
  for (let j = 0; j < width; j++) {
    let a = f32x4.mul(v128.load(r0), w0);
    let b = f32x4.mul(v128.load(r1), w3);
    let c = f32x4.mul(v128.load(r2), w6);
    a = madd(v128.load(r0 + tap), w1, a);
    b = madd(v128.load(r1 + tap), w4, b);
    c = madd(v128.load(r2 + tap), w7, c);
    a = madd(v128.load(r0 + tap2), w2, a);
    b = madd(v128.load(r1 + tap2), w5, b);
    c = madd(v128.load(r2 + tap2), w8, c);
    a = f32x4.add(f32x4.add(a, b), c);
    if (accumulate) a = f32x4.add(a, v128.load(o));
    v128.store(o, a);
    r0 += step;
    r1 += step;
    r2 += step;
    o += pixel;
  }
}

/**
 * y = x ⋆ w or y += x ⋆ w.
 * @param x first tap in a bordered image, rows of `xRow` bytes
 * @param w [size, size, channels]
 * @param y [height, width, channels], rows of `yRow` bytes
 */
export function depthwise(
  x: usize,
  w: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
  stride: i32,
  dilation: i32,
  xRow: usize,
  yRow: usize,
  accumulate: bool,
): void {
  const pixel = (<usize>channels) << 2;
  const step = <usize>stride * pixel,
    tap = <usize>dilation * pixel;
  const rowStep = <usize>stride * xRow,
    tapRow = <usize>dilation * xRow;
  // Row by row, so that the rows under the filter stay in the nearest cache for all channels.
  for (let i = 0; i < height; i++) {
    for (let c: usize = 0; c < pixel; c += 16) {
      if (size == 3) {
        row3(x + c, w + c, y + c, width, pixel, tap, step, tapRow, accumulate);
      } else if (size == 5) {
        row5(x + c, w + c, y + c, width, pixel, tap, step, tapRow, accumulate);
      } else {
        row(x + c, w + c, y + c, width, pixel, size, tap, step, tapRow, accumulate);
      }
    }
    x += rowStep;
    y += yRow;
  }
}

/** Adds one row's share of the gradients of five taps side by side. */
function filterRow5(x: usize, dy: usize, dw: usize, width: i32, pixel: usize, tap: usize, step: usize): void {
  const tap2 = tap * 2,
    tap3 = tap * 3,
    tap4 = tap * 4;
  let a = v128.load(dw),
    b = v128.load(dw + pixel),
    c = v128.load(dw + pixel * 2);
  let d = v128.load(dw + pixel * 3),
    e = v128.load(dw + pixel * 4);
  for (let j = 0; j < width; j++) {
    const g = v128.load(dy);
    a = madd(v128.load(x), g, a);
    b = madd(v128.load(x + tap), g, b);
    c = madd(v128.load(x + tap2), g, c);
    d = madd(v128.load(x + tap3), g, d);
    e = madd(v128.load(x + tap4), g, e);
    dy += pixel;
    x += step;
  }
  v128.store(dw, a);
  v128.store(dw + pixel, b);
  v128.store(dw + pixel * 2, c);
  v128.store(dw + pixel * 3, d);
  v128.store(dw + pixel * 4, e);
}

/** Of three taps. */
function filterRow3(x: usize, dy: usize, dw: usize, width: i32, pixel: usize, tap: usize, step: usize): void {
  const tap2 = tap * 2;
  let a = v128.load(dw),
    b = v128.load(dw + pixel),
    c = v128.load(dw + pixel * 2);
  for (let j = 0; j < width; j++) {
    const g = v128.load(dy);
    a = madd(v128.load(x), g, a);
    b = madd(v128.load(x + tap), g, b);
    c = madd(v128.load(x + tap2), g, c);
    dy += pixel;
    x += step;
  }
  v128.store(dw, a);
  v128.store(dw + pixel, b);
  v128.store(dw + pixel * 2, c);
}

/** Of three taps, for two vectors of channels side by side. */
function filterRow3Two(
  x: usize,
  dy: usize,
  dw: usize,
  width: i32,
  pixel: usize,
  tap: usize,
  step: usize,
): void {
  const t2 = tap * 2;
  let a = zero(),
    b = zero(),
    c = zero(),
    a2 = zero(),
    b2 = zero(),
    c2 = zero();
  for (let j = 0; j < width; j++) {
    const g = v128.load(dy),
      h = v128.load(dy, 16);
    a = madd(v128.load(x), g, a);
    a2 = madd(v128.load(x, 16), h, a2);
    const x1 = x + tap;
    b = madd(v128.load(x1), g, b);
    b2 = madd(v128.load(x1, 16), h, b2);
    const x2 = x + t2;
    c = madd(v128.load(x2), g, c);
    c2 = madd(v128.load(x2, 16), h, c2);
    dy += pixel;
    x += step;
  }
  addTo(dw, a);
  addTo(dw + 16, a2);
  dw += pixel;
  addTo(dw, b);
  addTo(dw + 16, b2);
  dw += pixel;
  addTo(dw, c);
  addTo(dw + 16, c2);
}

/** Of one tap. */
function filterRow1(x: usize, dy: usize, dw: usize, width: i32, pixel: usize, step: usize): void {
  let a = v128.load(dw);
  for (let j = 0; j < width; j++) {
    a = madd(v128.load(x), v128.load(dy), a);
    dy += pixel;
    x += step;
  }
  v128.store(dw, a);
}

function addTo(at: usize, value: v128): void {
  v128.store(at, f32x4.add(v128.load(at), value));
}

/**
 * dw += gradient of the filter.
 * @param dy [height, width, channels], contiguous
 * @param dw [size, size, channels]
 */
export function depthwiseFilterGradient(
  x: usize,
  dy: usize,
  dw: usize,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
  stride: i32,
  dilation: i32,
  xRow: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const step = <usize>stride * pixel,
    tap = <usize>dilation * pixel;
  const rowStep = <usize>stride * xRow,
    tapRow = <usize>dilation * xRow;
  for (let i = 0; i < height; i++) {
    for (let c: usize = 0; c < pixel;) {
      const two = size == 3 && c + 32 <= pixel;
      const g = dy + c;
      let p = dw + c,
        xr = x + c;
      for (let ky = 0; ky < size; ky++) {
        let q = xr,
          left = size;
        for (; left >= 5; left -= 5) {
          filterRow5(q, g, p, width, pixel, tap, step);
          q += tap * 5;
          p += pixel * 5;
        }
        if (left >= 3) {
          if (two) filterRow3Two(q, g, p, width, pixel, tap, step);
          else filterRow3(q, g, p, width, pixel, tap, step);
          q += tap * 3;
          p += pixel * 3;
          left -= 3;
        }
        for (; left > 0; left--) {
          filterRow1(q, g, p, width, pixel, step);
          q += tap;
          p += pixel;
        }
        xr += tapRow;
      }
      c += two ? 32 : 16;
    }
    x += rowStep;
    dy += <usize>width * pixel;
  }
}

/**
 * dx += gradient of the input for strides above 1: every output hands its gradient to the pixels it read.
 * (At stride 1 the gradient is a convolution with the turned filter, which is faster.)
 * @param dx bordered image, like `x` of `depthwise`
 */
export function depthwiseScatter(
  dx: usize,
  w: usize,
  dy: usize,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
  stride: i32,
  dilation: i32,
  xRow: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const step = <usize>stride * pixel,
    tap = <usize>dilation * pixel;
  const rowStep = <usize>stride * xRow,
    tapRow = <usize>dilation * xRow;
  for (let i = 0; i < height; i++) {
    for (let c: usize = 0; c < pixel; c += 16) {
      let r = dy + c,
        x = dx + c;
      for (let j = 0; j < width; j++) {
        const g = v128.load(r);
        let wp = w + c,
          xr = x;
        for (let ky = 0; ky < size; ky++) {
          let q = xr;
          for (let kx = 0; kx < size; kx++) {
            v128.store(q, madd(v128.load(wp), g, v128.load(q)));
            wp += pixel;
            q += tap;
          }
          xr += tapRow;
        }
        r += pixel;
        x += step;
      }
    }
    dx += rowStep;
    dy += <usize>width * pixel;
  }
}
