/** Runs layers as data on tensors: the interpreter of `space/layers.ts` for tfjs. */
import * as tf from '@tensorflow/tfjs-core';
import { batchNormInference, batchNormTraining } from './batchNorm';
import type { ParameterViews } from './parameterViews';
import type { Layer } from '../../space/layers';
import * as primitives from './primitives';
import type { LayerStructure } from '../structure';

/** What a forward pass reads beside the image. */
export interface Pass {
  readonly weights: ParameterViews;
  /** Mean and variance of each BN, by its index; without them BN takes the statistics of the batch. */
  readonly given?: readonly (readonly [tf.Tensor1D, tf.Tensor1D])[];
  /** Receives the batch statistics of every BN, and owns them. */
  readonly statistics?: (index: number, mean: tf.Tensor1D, variance: tf.Tensor1D) => void;
  /** False: BN passes on what it gets. */
  readonly normalize?: boolean;
  /** Receives the output of every ReLU. */
  readonly relu?: (output: tf.Tensor4D) => void;
}

function runBatchNorm({ input, scale, shift, batchNorm }: LayerStructure, x: tf.Tensor4D, pass: Pass) {
  const { weights, given, statistics } = pass;
  const index = batchNorm!;
  const gamma = scale === undefined ? tf.ones([input.channels]) : weights[scale]!;
  const beta = shift === undefined ? tf.zeros([input.channels]) : weights[shift]!;
  const affine = [gamma as tf.Tensor1D, beta as tf.Tensor1D] as const;
  if (given) return batchNormInference(x, ...affine, ...given[index]!);
  const sink = statistics && ((m: tf.Tensor1D, v: tf.Tensor1D) => statistics(index, m, v));
  return batchNormTraining(x, ...affine, sink);
}

function runSqueezeExcite(
  structure: LayerStructure,
  layer: Extract<Layer, { kind: 'squeezeExcite' }>,
  x: tf.Tensor4D,
  { weights }: Pass,
): tf.Tensor4D {
  const { squeeze, excite } = structure;
  const [a, b] = [squeeze!, excite!];
  const of = [weights[a.weight], weights[a.bias], weights[b.weight], weights[b.bias]];
  return primitives.squeezeExcite(
    x,
    of as [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D],
    layer.inner,
    layer.gate,
  );
}

function runLayer(structure: LayerStructure, x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
  const { layer, output } = structure;
  const weight = () => pass.weights[structure.weight!] as tf.Tensor4D;
  switch (layer.kind) {
    case 'relu': {
      const rectified = primitives.relu(x);
      pass.relu?.(rectified);
      return rectified;
    }
    case 'activation':
      return primitives.activate(x, layer.of);
    case 'squeezeExcite':
      return runSqueezeExcite(structure, layer, x, pass);
    case 'axisConv':
      return primitives.axisConvolution(x, weight(), layer.stride);
    case 'conv':
      return primitives.convolution(x, weight(), layer.stride);
    case 'depthwise':
      return primitives.depthwise(x, weight(), layer.stride, layer.dilation);
    case 'batchNorm':
      return pass.normalize === false ? x : runBatchNorm(structure, x, pass);
    case 'maxPool':
      return primitives.maxPool(x, layer);
    case 'avgPool':
      return primitives.avgPool(x, layer);
    case 'identity':
      return x;
    case 'zero':
      return tf.zeros([x.shape[0], output.height, output.width, output.channels]);
    case 'shift':
      return primitives.shift(x);
    case 'parallel':
      return tf.concat4d(
        structure.branches!.map((branch) => runLayers(branch, x, pass)),
        3,
      );
  }
}

/** A sequence of layers: [b, h, w, c] → [b, h', w', c'] */
export function runLayers(layers: readonly LayerStructure[], x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
  return layers.reduce((value, layer) => runLayer(layer, value, pass), x);
}
