/**
 * Moving one image between layouts: into and out of buffers with a border, every second pixel, columns of a dense
 * convolution, single channels. Row sizes are in bytes; channel counts are multiples of 4 unless said otherwise.
 */
import { madd, zero } from './simd';

/** Copies an image [height, width, channels] into the inside of a bordered buffer; `relu` keeps what is positive. */
export function pad(
  x: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  yRow: usize,
  relu: bool,
): void {
  const bytes = (<usize>(width * channels)) << 2;
  for (let i = 0; i < height; i++) {
    if (relu) {
      for (let q: usize = 0; q < bytes; q += 16) v128.store(y + q, f32x4.pmax(zero(), v128.load(x + q)));
    } else {
      memory.copy(y, x, bytes);
    }
    x += bytes;
    y += yRow;
  }
}

/** max(scale·z + shift, 0) into the inside of a bordered buffer: BN and ReLU as the next layer reads them. */
export function padNormalized(
  z: usize,
  scale: usize,
  shift: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  yRow: usize,
  relu: bool,
): void {
  const pixel = (<usize>channels) << 2;
  const bytes = <usize>width * pixel;
  const floor = relu ? zero() : f32x4.splat(-f32.MAX_VALUE);
  for (let i = 0; i < height; i++) {
    for (let c: usize = 0; c < pixel; c += 16) {
      const k = v128.load(scale + c),
        b = v128.load(shift + c);
      for (let q = c; q < bytes; q += pixel)
        v128.store(y + q, f32x4.pmax(floor, madd(v128.load(z + q), k, b)));
    }
    z += bytes;
    y += yRow;
  }
}

/** dx += the inside of a bordered buffer; with `masked` only where x is positive (the gradient of a ReLU). */
export function addInside(
  g: usize,
  x: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  gRow: usize,
  masked: bool,
): void {
  const bytes = (<usize>(width * channels)) << 2;
  for (let i = 0; i < height; i++) {
    if (masked) {
      for (let q: usize = 0; q < bytes; q += 16) {
        const open = f32x4.gt(v128.load(x + q), zero());
        v128.store(dx + q, f32x4.add(v128.load(dx + q), v128.and(open, v128.load(g + q))));
      }
    } else {
      for (let q: usize = 0; q < bytes; q += 16)
        v128.store(dx + q, f32x4.add(v128.load(dx + q), v128.load(g + q)));
    }
    x += bytes;
    dx += bytes;
    g += gRow;
  }
}

export function clear(x: usize, bytes: i32): void {
  memory.fill(x, 0, <usize>bytes);
}

/** y = every second pixel of a bordered image, from the one at `x` on. @param y [height, width, channels] */
export function subsample(x: usize, y: usize, height: i32, width: i32, channels: i32, xRow: usize): void {
  const pixel = (<usize>channels) << 2;
  for (let i = 0; i < height; i++) {
    let q = x;
    for (let j = 0; j < width; j++) {
      memory.copy(y, q, pixel);
      y += pixel;
      q += pixel * 2;
    }
    x += xRow * 2;
  }
}

/** The gradient of `subsample`: every second pixel of dx += dy. */
export function subsampleAdd(
  dy: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  xRow: usize,
): void {
  const pixel = (<usize>channels) << 2;
  for (let i = 0; i < height; i++) {
    let q = dx;
    for (let j = 0; j < width; j++) {
      for (let c: usize = 0; c < pixel; c += 16)
        v128.store(q + c, f32x4.add(v128.load(q + c), v128.load(dy + c)));
      dy += pixel;
      q += pixel * 2;
    }
    dx += xRow * 2;
  }
}

/** The pixels under each window of a dense convolution, side by side. @param y [height·width, tall·wide·channels] */
export function columns(
  x: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  tall: i32,
  wide: i32,
  down: i32,
  across: i32,
  xRow: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const span = <usize>wide * pixel;
  for (let i = 0; i < height; i++) {
    let q = x;
    for (let j = 0; j < width; j++) {
      let r = q;
      for (let k = 0; k < tall; k++) {
        memory.copy(y, r, span);
        y += span;
        r += xRow;
      }
      q += <usize>across * pixel;
    }
    x += <usize>down * xRow;
  }
}

/** The gradient of `columns`: dx += dy. */
export function columnsAdd(
  dy: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  tall: i32,
  wide: i32,
  down: i32,
  across: i32,
  xRow: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const span = <usize>wide * pixel;
  for (let i = 0; i < height; i++) {
    let q = dx;
    for (let j = 0; j < width; j++) {
      let r = q;
      for (let k = 0; k < tall; k++) {
        for (let c: usize = 0; c < span; c += 16)
          v128.store(r + c, f32x4.add(v128.load(r + c), v128.load(dy + c)));
        dy += span;
        r += xRow;
      }
      q += <usize>across * pixel;
    }
    dx += <usize>down * xRow;
  }
}

/**
 * Single channels from one image to another, by a table of pairs (from, to); channel counts of any size.
 * @param table [count, 2] 32-bit integers
 */
export function moveChannels(
  x: usize,
  y: usize,
  table: usize,
  pixels: i32,
  xChannels: i32,
  yChannels: i32,
  count: i32,
): void {
  const xPixel = (<usize>xChannels) << 2,
    yPixel = (<usize>yChannels) << 2;
  const end = table + ((<usize>count) << 3);
  for (let n = 0; n < pixels; n++) {
    for (let t = table; t < end; t += 8) {
      store<f32>(y + ((<usize>load<u32>(t, 4)) << 2), load<f32>(x + ((<usize>load<u32>(t)) << 2)));
    }
    x += xPixel;
    y += yPixel;
  }
}
