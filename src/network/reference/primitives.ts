/**
 * The layer vocabulary (`space/layers.ts`) as differentiable tensor functions, NHWC. Padding is symmetric as PyTorch's,
 * written with what every backend has a gradient for.
 */
import * as tf from '@tensorflow/tfjs-core';
import { nativeRelu } from './nativeKernels';
import {
  symmetricPadding,
  type Activation,
  type Gate,
  type PoolWindow,
  type Stride,
} from '../../space/layers';

/**
 * Zeros (or `value`) around height and width for windows of stride 2, at the far sides only as far as the last window
 * reaches: a row that no window covers makes the convolution gradients of TensorFlow 2.21 write outside their memory.
 */
function padSides(x: tf.Tensor4D, kernel: number, value = 0): tf.Tensor4D {
  const before = symmetricPadding(kernel);
  const sides = (size: number): [number, number] => {
    const covered = 2 * (Math.ceil(size / 2) - 1) + kernel;
    return [before, covered - before - size];
  };
  return tf.pad4d(x, [[0, 0], sides(x.shape[1]), sides(x.shape[2]), [0, 0]], value);
}

/**
 * Every second pixel along each axis of step 2: the first of the parities, since strided slices have no gradient in
 * tfjs.
 */
function evenPixels(x: tf.Tensor4D, steps: readonly [Stride, Stride] = [2, 2]): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const [down, across] = steps;
  const padded = [
    [0, height % down],
    [0, width % across],
  ];
  const parities = tf.spaceToBatchND(x, [...steps], padded);
  const size = [batch, Math.ceil(height / down), Math.ceil(width / across), channels] as const;
  return tf.slice4d(parities, [0, 0, 0, 0], [...size]);
}

/**
 * max(x, 0). Its gradient in tfjs is a product with a step function, which on native TensorFlow takes five kernels
 * where the runtime has one.
 */
export function relu(x: tf.Tensor4D): tf.Tensor4D {
  return tf.getBackend() === 'tensorflow' ? nativeRelu(x) : tf.relu(x);
}

/** hard_sigmoid(x) = min(max(x + 3, 0), 6) / 6 */
function hardSigmoid<T extends tf.Tensor>(x: T): T {
  return tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6);
}

/** A nonlinearity on values of any shape. */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  switch (activation) {
    case 'relu':
      return x.rank === 4 ? (relu(x as unknown as tf.Tensor4D) as unknown as T) : tf.relu(x);
    case 'hard_swish':
      return tf.mul(x, hardSigmoid(x));
    case 'swish':
      return tf.mul(x, tf.sigmoid(x));
  }
}

/** x · weight + bias: [b, c] → [b, n] */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return tf.add(tf.matMul(x, weight), bias);
}

/**
 * Squeeze-and-excitation: every channel of an image times its gate.
 * @param x [b, h, w, c]
 * @param weights of the linear layers to the squeezed channels and back: [c, s], [s], [s, c], [c]
 */
export function squeezeExcite(
  x: tf.Tensor4D,
  weights: readonly [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D],
  inner: Activation,
  gate: Gate,
): tf.Tensor4D {
  const [squeeze, squeezeBias, excite, exciteBias] = weights;
  const squeezed = activate(linear(tf.mean<tf.Tensor2D>(x, [1, 2]), squeeze, squeezeBias), inner);
  const excited = linear(squeezed, excite, exciteBias);
  const factors = gate === 'sigmoid' ? tf.sigmoid(excited) : hardSigmoid(excited);
  return tf.mul(x, tf.reshape(factors, [x.shape[0], 1, 1, x.shape[3]]));
}

/**
 * Dense convolution without bias.
 * @param x [b, h, w, c]
 * @param filter [k, k, c, filters]
 * @returns [b, ⌈h/stride⌉, ⌈w/stride⌉, filters]
 */
export function convolution(x: tf.Tensor4D, filter: tf.Tensor4D, stride: Stride): tf.Tensor4D {
  const kernel = filter.shape[0];
  if (stride === 1) return tf.conv2d(x, filter, 1, 'same');
  if (kernel === 1) return tf.conv2d(evenPixels(x), filter, 1, 'same');
  return tf.conv2d(padSides(x, kernel), filter, stride, 'valid');
}

/**
 * Dense convolution along one axis, with the stride along it.
 * @param filter [k, 1, c, filters] or [1, k, c, filters]
 */
export function axisConvolution(x: tf.Tensor4D, filter: tf.Tensor4D, stride: Stride): tf.Tensor4D {
  const y = tf.conv2d(x, filter, 1, 'same');
  if (stride === 1) return y;
  // Strides that differ by axis are not everywhere differentiable.
  return evenPixels(y, filter.shape[0] > filter.shape[1] ? [2, 1] : [1, 2]);
}

/**
 * Depthwise convolution without bias. Dilation has no gradient in tfjs, so it is composed: with stride 2 it reads only
 * even pixels; with stride 1 the image is taken apart into its four parities, each convolved without dilation.
 * @param filter [k, k, c, 1]
 */
export function depthwise(x: tf.Tensor4D, filter: tf.Tensor4D, stride: Stride, dilation: 1 | 2): tf.Tensor4D {
  if (dilation === 1) {
    if (stride === 1) return tf.depthwiseConv2d(x, filter, 1, 'same');
    return tf.depthwiseConv2d(padSides(x, filter.shape[0]), filter, stride, 'valid');
  }
  if (stride === 2) return tf.depthwiseConv2d(evenPixels(x), filter, 1, 'same');
  const [batch, height, width, channels] = x.shape;
  const padded = [
    [0, height % 2],
    [0, width % 2],
  ];
  const parities = tf.spaceToBatchND(x, [2, 2], padded);
  const convolved = tf.depthwiseConv2d(parities, filter, 1, 'same');
  // Cropped by a slice of its own, since batchToSpaceND with crops gives a wrong shape on wasm.
  const whole = tf.batchToSpaceND(
    convolved,
    [2, 2],
    [
      [0, 0],
      [0, 0],
    ],
  );
  return height % 2 || width % 2 ? tf.slice4d(whole, [0, 0, 0, 0], [batch, height, width, channels]) : whole;
}

/** Max pool; padding never wins. With kernel 2 the last window of an odd side is cut off by the edge. */
export function maxPool(x: tf.Tensor4D, { kernel, stride }: PoolWindow): tf.Tensor4D {
  if (kernel === 2 || stride === 1) return tf.maxPool(x, kernel, stride, 'same');
  return tf.maxPool(padSides(x, 3, -3.4e38), 3, stride, 'valid');
}

/** How many of the three pixels of each window along one side lie inside the image. */
function windowCounts(side: number): number[] {
  return Array.from(
    { length: Math.ceil(side / 2) },
    (_, i) => (i > 0 ? 1 : 0) + 1 + (2 * i + 1 < side ? 1 : 0),
  );
}

/** Average pool; padding is not counted, nor what an edge cuts off. */
export function avgPool(x: tf.Tensor4D, { kernel, stride }: PoolWindow): tf.Tensor4D {
  if (kernel === 2 || stride === 1) return tf.avgPool(x, kernel, stride, 'same');
  const pooled = tf.avgPool(padSides(x, 3), 3, stride, 'valid');
  const rows = windowCounts(x.shape[1]);
  const columns = windowCounts(x.shape[2]);
  const scale = rows.flatMap((r) => columns.map((c) => 9 / (r * c)));
  return tf.mul(pooled, tf.tensor4d(scale, [1, rows.length, columns.length, 1]));
}

/** Channel g·(c/groups) + j goes to j·groups + g, so that every group reaches all others (ShuffleNet). */
export function channelShuffle(x: tf.Tensor4D, groups: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const apart = tf.reshape(x, [batch * height * width, groups, channels / groups]);
  return tf.reshape(tf.transpose(apart, [0, 2, 1]), x.shape);
}

/** The image moved up and left by one pixel, zeros filling in. */
export function shift(x: tf.Tensor4D): tf.Tensor4D {
  const moved = tf.slice4d(x, [0, 1, 1, 0], [-1, -1, -1, -1]);
  return tf.pad4d(moved, [
    [0, 0],
    [0, 1],
    [0, 1],
    [0, 0],
  ]);
}

/**
 * Mean cross-entropy of softmax(logits).
 * @param logits [b, classes]
 * @param labels one-hot [b, classes], or shares of classes that sum to 1
 * @param shares of each image in the mean, [b], with the sum 1; all alike when left out
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor2D, shares?: tf.Tensor1D): tf.Scalar {
  const likelihoods = tf.sum<tf.Tensor1D>(tf.mul(labels, tf.logSoftmax(logits)), 1);
  return tf.neg<tf.Scalar>(
    shares ? tf.sum<tf.Scalar>(tf.mul(likelihoods, shares)) : tf.mean<tf.Scalar>(likelihoods),
  );
}
