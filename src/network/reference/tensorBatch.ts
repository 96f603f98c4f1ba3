/** Batches as tensors, and how logits are judged against them. */
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayBatch } from '../batch';
import { countCorrect, crossEntropy } from './primitives';
import type { BatchScore } from '../supernet';

export interface TensorBatch {
  /** [b, h, w, c] */
  readonly images: tf.Tensor4D;
  /** One-hot [b, classes]. */
  readonly labels: tf.Tensor2D;
}

/** Uploads a batch. Owned by the enclosing tidy. */
export function toTensors({ images, labels, shape }: ArrayBatch, classes: number): TensorBatch {
  const oneHot = new Float32Array(shape[0] * classes);
  for (let i = 0; i < shape[0]; i++) oneHot[i * classes + labels[i]!] = 1;
  return { images: tf.tensor4d(images, [...shape]), labels: tf.tensor2d(oneHot, [shape[0], classes]) };
}

/** Loss and hits of a batch, not read back yet. */
export type ScoreTensors = { readonly loss: tf.Scalar; readonly correct: tf.Scalar };

export function scoreTensors(logits: tf.Tensor2D, labels: tf.Tensor2D): ScoreTensors {
  return { loss: crossEntropy(logits, labels), correct: countCorrect(logits, labels) };
}

/** Reads loss and hits, and frees their tensors. */
export async function readScore(score: ScoreTensors): Promise<BatchScore> {
  const [loss, correct] = await Promise.all([readArray(score.loss), readArray(score.correct)]);
  return { loss: loss[0]!, correct: correct[0]! };
}

/** Reads a tensor into an array of its own, and frees it. */
export async function readArray(tensor: tf.Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}
