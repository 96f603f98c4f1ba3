/** Global average pooling, the linear classifier with softmax cross-entropy, and their gradients, for one image. */
import { zero } from './simd';

/** features = mean over the pixels. */
export function poolFeatures(x: usize, features: usize, pixels: i32, channels: i32): void {
  const pixel = (<usize>channels) << 2;
  const end = <usize>pixels * pixel;
  const share = f32x4.splat(1 / <f32>pixels);
  for (let c: usize = 0; c < pixel; c += 16) {
    let sum = zero();
    for (let q = c; q < end; q += pixel) sum = f32x4.add(sum, v128.load(x + q));
    v128.store(features + c, f32x4.mul(sum, share));
  }
}

/** dx = the gradient of `poolFeatures`. */
export function poolFeaturesGradient(dFeatures: usize, dx: usize, pixels: i32, channels: i32): void {
  const pixel = (<usize>channels) << 2;
  const end = <usize>pixels * pixel;
  const share = f32x4.splat(1 / <f32>pixels);
  for (let c: usize = 0; c < pixel; c += 16) {
    const g = f32x4.mul(v128.load(dFeatures + c), share);
    for (let q = c; q < end; q += pixel) v128.store(dx + q, g);
  }
}

/**
 * logits = features·w + b; the image's own loss, the class of its largest logit, and ∂(mean loss over the batch)/∂logits.
 * @param w [features, classes], unpadded
 * @param label the class, a 32-bit integer; behind it the divisor of the image's share of the mean, a float: the number
 * of images, or Σw/w where images have weights; the class of the image that it is mixed with; the share of its own, a float;
 * and the share ε of label smoothing, which all classes divide among them, a float
 * @param score two floats out: loss, class of the largest logit
 * @param logits [classes] out
 * @param dLogits [classes] out
 */
export function classify(
  features: usize,
  w: usize,
  b: usize,
  label: usize,
  score: usize,
  logits: usize,
  dLogits: usize,
  inputs: i32,
  classes: i32,
): void {
  const right = load<i32>(label);
  const divisor = <f64>load<f32>(label, 4);
  const other = load<i32>(label, 8);
  const share = <f64>load<f32>(label, 12);
  const smoothing = <f64>load<f32>(label, 16);
  let best: f32 = -f32.MAX_VALUE;
  let winner = 0;
  for (let k = 0; k < classes; k++) {
    let sum = <f64>load<f32>(b + ((<usize>k) << 2));
    for (let i = 0; i < inputs; i++) {
      sum +=
        <f64>load<f32>(features + ((<usize>i) << 2)) * <f64>load<f32>(w + ((<usize>(i * classes + k)) << 2));
    }
    const logit = <f32>sum;
    store<f32>(logits + ((<usize>k) << 2), logit);
    if (logit > best) {
      best = logit;
      winner = k;
    }
  }
  let partition: f64 = 0;
  let sum: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const logit = <f64>load<f32>(logits + ((<usize>k) << 2));
    partition += Math.exp(logit - <f64>best);
    sum += logit;
  }
  const expected =
    share * <f64>load<f32>(logits + ((<usize>right) << 2)) +
    (1 - share) * <f64>load<f32>(logits + ((<usize>other) << 2));
  const even = smoothing / <f64>classes;
  const loss = Math.log(partition) + <f64>best - ((1 - smoothing) * expected + even * sum);
  store<f32>(score, <f32>loss);
  store<f32>(score, <f32>winner, 4);
  for (let k = 0; k < classes; k++) {
    const at = (<usize>k) << 2;
    const p = Math.exp(<f64>load<f32>(logits + at) - <f64>best) / partition;
    const own = (k == right ? share : 0) + (k == other ? 1 - share : 0);
    const target = (1 - smoothing) * own + even;
    store<f32>(dLogits + at, <f32>((p - target) / divisor));
  }
}

/** dw += features ⊗ dLogits, db += dLogits. */
export function classifierFilterGradient(
  features: usize,
  dLogits: usize,
  dw: usize,
  db: usize,
  inputs: i32,
  classes: i32,
): void {
  for (let k = 0; k < classes; k++) {
    const at = (<usize>k) << 2;
    store<f32>(db + at, load<f32>(db + at) + load<f32>(dLogits + at));
  }
  for (let i = 0; i < inputs; i++) {
    const x = load<f32>(features + ((<usize>i) << 2));
    for (let k = 0; k < classes; k++) {
      const at = dw + ((<usize>(i * classes + k)) << 2);
      store<f32>(at, load<f32>(at) + x * load<f32>(dLogits + ((<usize>k) << 2)));
    }
  }
}

/** dFeatures = w·dLogits. */
export function classifierInputGradient(
  w: usize,
  dLogits: usize,
  dFeatures: usize,
  inputs: i32,
  classes: i32,
): void {
  for (let i = 0; i < inputs; i++) {
    let sum: f32 = 0;
    for (let k = 0; k < classes; k++)
      sum += load<f32>(w + ((<usize>(i * classes + k)) << 2)) * load<f32>(dLogits + ((<usize>k) << 2));
    store<f32>(dFeatures + ((<usize>i) << 2), sum);
  }
}
