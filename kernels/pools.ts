/** 3 × 3 and 2 × 2 pools of one image; what lies outside the image takes no part. Channels in fours. */
import { madd, zero } from './simd';

function first(output: i32, stride: i32, border: i32): i32 {
  return max(output * stride - border, 0);
}

function last(output: i32, stride: i32, border: i32, size: i32, side: i32): i32 {
  return min(output * stride - border + size, side);
}

/** y = max over each window. @param x [height, width, channels] @param y [rows, columns, channels] */
export function maxPool(
  x: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  rows: i32,
  columns: i32,
  size: i32,
  stride: i32,
  border: i32,
): void {
  const pixel = (<usize>channels) << 2;
  for (let i = 0; i < rows; i++) {
    const top = first(i, stride, border),
      bottom = last(i, stride, border, size, height);
    for (let j = 0; j < columns; j++) {
      const left = first(j, stride, border),
        right = last(j, stride, border, size, width);
      for (let c: usize = 0; c < pixel; c += 16) {
        let best = f32x4.splat(-f32.MAX_VALUE);
        for (let r = top; r < bottom; r++) {
          for (let s = left; s < right; s++)
            best = f32x4.pmax(best, v128.load(x + <usize>(r * width + s) * pixel + c));
        }
        v128.store(y + c, best);
      }
      y += pixel;
    }
  }
}

/** dx += dy at the first largest pixel of each window. @param y what `maxPool` gave */
export function maxPoolGradient(
  x: usize,
  y: usize,
  dy: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  rows: i32,
  columns: i32,
  size: i32,
  stride: i32,
  border: i32,
): void {
  const pixel = (<usize>channels) << 2;
  for (let i = 0; i < rows; i++) {
    const top = first(i, stride, border),
      bottom = last(i, stride, border, size, height);
    for (let j = 0; j < columns; j++) {
      const left = first(j, stride, border),
        right = last(j, stride, border, size, width);
      for (let c: usize = 0; c < pixel; c += 16) {
        const best = v128.load(y + c),
          g = v128.load(dy + c);
        let open = i32x4.splat(-1);
        for (let r = top; r < bottom; r++) {
          for (let s = left; s < right; s++) {
            const at = <usize>(r * width + s) * pixel + c;
            const hit = v128.and(open, f32x4.eq(v128.load(x + at), best));
            v128.store(dx + at, f32x4.add(v128.load(dx + at), v128.and(g, hit)));
            open = v128.andnot(open, hit);
          }
        }
      }
      y += pixel;
      dy += pixel;
    }
  }
}

/** y = mean over the part of each window inside the image. */
export function avgPool(
  x: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  rows: i32,
  columns: i32,
  size: i32,
  stride: i32,
  border: i32,
): void {
  const pixel = (<usize>channels) << 2;
  for (let i = 0; i < rows; i++) {
    const top = first(i, stride, border),
      bottom = last(i, stride, border, size, height);
    for (let j = 0; j < columns; j++) {
      const left = first(j, stride, border),
        right = last(j, stride, border, size, width);
      const share = f32x4.splat(1 / <f32>((bottom - top) * (right - left)));
      for (let c: usize = 0; c < pixel; c += 16) {
        let sum = zero();
        for (let r = top; r < bottom; r++) {
          for (let s = left; s < right; s++)
            sum = f32x4.add(sum, v128.load(x + <usize>(r * width + s) * pixel + c));
        }
        v128.store(y + c, f32x4.mul(sum, share));
      }
      y += pixel;
    }
  }
}

/** dx += the gradient of `avgPool`. */
export function avgPoolGradient(
  dy: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  rows: i32,
  columns: i32,
  size: i32,
  stride: i32,
  border: i32,
): void {
  const pixel = (<usize>channels) << 2;
  for (let i = 0; i < rows; i++) {
    const top = first(i, stride, border),
      bottom = last(i, stride, border, size, height);
    for (let j = 0; j < columns; j++) {
      const left = first(j, stride, border),
        right = last(j, stride, border, size, width);
      const share = f32x4.splat(1 / <f32>((bottom - top) * (right - left)));
      for (let c: usize = 0; c < pixel; c += 16) {
        const g = v128.load(dy + c);
        for (let r = top; r < bottom; r++) {
          for (let s = left; s < right; s++) {
            const at = dx + <usize>(r * width + s) * pixel + c;
            v128.store(at, madd(g, share, v128.load(at)));
          }
        }
      }
      dy += pixel;
    }
  }
}
