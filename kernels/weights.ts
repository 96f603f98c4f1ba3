/** Weights as products read them, made once a program: scaled, transposed, turned; and their gradients summed up. */

/** y = Σ over chunks of x [chunks, count]. */
export function sumChunks(x: usize, y: usize, chunks: i32, count: i32): void {
  const stride = (<usize>count) << 2;
  for (let q: usize = 0; q < stride; q += 16) {
    let a = v128.load(x + q);
    for (let g = 1; g < chunks; g++) a = f32x4.add(a, v128.load(x + <usize>g * stride + q));
    v128.store(y + q, a);
  }
}

/** y = w·diag(scale): a pointwise convolution with the map after it folded in. */
export function scaleColumns(w: usize, scale: usize, y: usize, inputs: i32, outputs: i32): void {
  const row = (<usize>outputs) << 2;
  for (let i = 0; i < inputs; i++) {
    for (let o: usize = 0; o < row; o += 16)
      v128.store(y + o, f32x4.mul(v128.load(w + o), v128.load(scale + o)));
    w += row;
    y += row;
  }
}

/** y = wᵀ. */
export function transpose(w: usize, y: usize, inputs: i32, outputs: i32): void {
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++)
      store<f32>(y + ((<usize>o * inputs + i) << 2), load<f32>(w + ((<usize>i * outputs + o) << 2)));
  }
}

/** y = w with its taps in reverse order. @param w [taps, channels] */
export function turn(w: usize, y: usize, taps: i32, channels: i32): void {
  const pixel = (<usize>channels) << 2;
  for (let t = 0; t < taps; t++) memory.copy(y + <usize>(taps - 1 - t) * pixel, w + <usize>t * pixel, pixel);
}
