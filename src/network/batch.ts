/** Batches as tensors. */
import * as tf from '@tensorflow/tfjs-core';

/** Images [b, h, w, c] as row-major numbers with their labels. */
export interface ArrayBatch {
  readonly images: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly shape: readonly [number, number, number, number];
}

export interface Batch {
  /** [b, h, w, c] */
  readonly images: tf.Tensor4D;
  /** One-hot [b, classes]. */
  readonly labels: tf.Tensor2D;
}

/** Uploads a batch; the caller disposes it with `disposeBatch`. */
export function toBatch(batch: ArrayBatch, classes: number): Batch {
  const oneHot = new Float32Array(batch.shape[0] * classes);
  for (let i = 0; i < batch.shape[0]; i++) oneHot[i * classes + batch.labels[i]!] = 1;
  return {
    images: tf.tensor4d(batch.images, [...batch.shape]),
    labels: tf.tensor2d(oneHot, [batch.shape[0], classes]),
  };
}

export function disposeBatch(batch: Batch): void {
  batch.images.dispose();
  batch.labels.dispose();
}
