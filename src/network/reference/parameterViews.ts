/** The tensors of one flat weight vector. */
import * as tf from '@tensorflow/tfjs-core';
import type { ParameterLayout } from '../parameters';

/** By index of their parameter. */
export type ParameterViews = readonly tf.Tensor[];

/** Cuts a flat vector [size] into the parameters' tensors; differentiable. Owned by the enclosing tidy. */
export function splitParameters({ parameters }: ParameterLayout, flat: tf.Tensor1D): ParameterViews {
  const pieces = tf.split(
    flat,
    parameters.map((spec) => spec.size),
  );
  return pieces.map((piece, index) => tf.reshape(piece, [...parameters[index]!.shape]));
}
