/** Batches as tensors, and how logits are judged against them. */
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayBatch } from '../batch';
import { crossEntropy } from './primitives';
import type { BatchScore } from '../supernet';

export interface TensorBatch {
  /** [b, h, w, c] */
  readonly images: tf.Tensor4D;
  /** One-hot [b, classes], or shares of two classes, or of all with label smoothing. */
  readonly labels: tf.Tensor2D;
  /** Share of each image in the mean loss, [b]; their sum is 1. Undefined: all alike. */
  readonly shares: tf.Tensor1D | undefined;
}

/** Uploads a batch. Owned by the enclosing tidy. */
export function toTensors(batch: ArrayBatch, classes: number): TensorBatch {
  const { images, labels, shape, lossWeights, partners, smoothing = 0 } = batch;
  const targets = new Float32Array(shape[0] * classes).fill(smoothing / classes);
  for (let i = 0; i < shape[0]; i++) {
    const share = partners?.shares[i] ?? 1;
    targets[i * classes + labels[i]!]! += (1 - smoothing) * share;
    if (partners) targets[i * classes + partners.labels[i]!]! += (1 - smoothing) * (1 - share);
  }
  const total = lossWeights?.reduce((sum, weight) => sum + weight, 0) ?? 1;
  return {
    images: tf.tensor4d(images, [...shape]),
    labels: tf.tensor2d(targets, [shape[0], classes]),
    shares: lossWeights && tf.tensor1d(lossWeights.map((weight) => weight / total)),
  };
}

/** Loss and predictions [b] of a batch, not read back yet. */
export type ScoreTensors = { readonly loss: tf.Scalar; readonly predicted: tf.Tensor1D };

export function scoreTensors(
  logits: tf.Tensor2D,
  { labels, shares }: Pick<TensorBatch, 'labels' | 'shares'>,
): ScoreTensors {
  return { loss: crossEntropy(logits, labels, shares), predicted: tf.argMax<tf.Tensor1D>(logits, 1) };
}

/** Reads loss and predictions, and frees their tensors. */
export async function readScore(score: ScoreTensors, { labels }: ArrayBatch): Promise<BatchScore> {
  const [loss, classes] = await Promise.all([readArray(score.loss), readArray(score.predicted)]);
  const predicted = Uint16Array.from(classes);
  return { loss: loss[0]!, correct: predicted.filter((k, b) => k === labels[b]).length, predicted };
}

/** Reads a tensor into an array of its own, and frees it. */
export async function readArray(tensor: tf.Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}
