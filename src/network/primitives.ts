/**
 * The layer vocabulary (`space/layers.ts`) as differentiable tensor functions, NHWC. Padding is symmetric as PyTorch's,
 * written with what every backend has a gradient for.
 */
import * as tf from '@tensorflow/tfjs-core';
import { nativeRelu } from './nativeKernels';
import { symmetricPadding, type Stride } from '../space/layers';

/** Zeros (or `value`) around height and width. */
function padSides(x: tf.Tensor4D, padding: number, value = 0): tf.Tensor4D {
  const sides: [number, number] = [padding, padding];
  return tf.pad4d(x, [[0, 0], sides, sides, [0, 0]], value);
}

/** Every second pixel: a 1 × 1 average pool, since strided slices have no gradient in tfjs. */
function evenPixels(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 1, 2, 'valid');
}

/**
 * max(x, 0). Its gradient in tfjs is a product with a step function, which on native TensorFlow takes five kernels
 * where the runtime has one.
 */
export function relu(x: tf.Tensor4D): tf.Tensor4D {
  return tf.getBackend() === 'tensorflow' ? nativeRelu(x) : tf.relu(x);
}

/**
 * Dense convolution without bias.
 * @param x [b, h, w, c]
 * @param filter [k, k, c, filters]
 * @returns [b, ⌈h/stride⌉, ⌈w/stride⌉, filters]
 */
export function convolution(x: tf.Tensor4D, filter: tf.Tensor4D, stride: Stride): tf.Tensor4D {
  const padding = symmetricPadding(filter.shape[0]);
  if (stride === 1) return tf.conv2d(x, filter, 1, 'same');
  return tf.conv2d(padding ? padSides(x, padding) : x, filter, stride, 'valid');
}

/**
 * Depthwise convolution without bias. Dilation has no gradient in tfjs, so it is composed: with stride 2 it reads only
 * even pixels; with stride 1 the image is taken apart into its four parities, each convolved without dilation.
 * @param filter [k, k, c, 1]
 */
export function depthwise(x: tf.Tensor4D, filter: tf.Tensor4D, stride: Stride, dilation: 1 | 2): tf.Tensor4D {
  if (dilation === 1) {
    if (stride === 1) return tf.depthwiseConv2d(x, filter, 1, 'same');
    return tf.depthwiseConv2d(padSides(x, symmetricPadding(filter.shape[0])), filter, stride, 'valid');
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

/** 3 × 3 max pool; padding never wins. */
export function maxPool(x: tf.Tensor4D, stride: Stride): tf.Tensor4D {
  if (stride === 1) return tf.maxPool(x, 3, 1, 'same');
  return tf.maxPool(padSides(x, 1, -3.4e38), 3, stride, 'valid');
}

/** How many of the three pixels of each window along one side lie inside the image. */
function windowCounts(side: number): number[] {
  return Array.from(
    { length: Math.ceil(side / 2) },
    (_, i) => (i > 0 ? 1 : 0) + 1 + (2 * i + 1 < side ? 1 : 0),
  );
}

/** 3 × 3 average pool; padding is not counted. */
export function avgPool(x: tf.Tensor4D, stride: Stride): tf.Tensor4D {
  if (stride === 1) return tf.avgPool(x, 3, 1, 'same');
  const pooled = tf.avgPool(padSides(x, 1), 3, stride, 'valid');
  const rows = windowCounts(x.shape[1]);
  const columns = windowCounts(x.shape[2]);
  const scale = rows.flatMap((r) => columns.map((c) => 9 / (r * c)));
  return tf.mul(pooled, tf.tensor4d(scale, [1, rows.length, columns.length, 1]));
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
 * @param labels one-hot [b, classes]
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Scalar {
  return tf.neg<tf.Scalar>(tf.mean<tf.Scalar>(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), 1)));
}

/** How many rows have their largest logit at the label. */
export function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Scalar {
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), tf.argMax(labels, 1)), 'float32'));
}
