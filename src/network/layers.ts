/** From layers as data to a function of weights and image: the interpreter of `space/layers.ts` for tensors. */
import * as tf from '@tensorflow/tfjs-core';
import { layerOutput, layersOutput, type Layer, type Shape } from '../space/layers';
import { batchNormInference, batchNormTraining } from './batchNorm';
import { fanInBound, type ParameterLayout, type ParameterViews } from './parameters';
import * as primitives from './primitives';

/** What a forward pass reads beside the image. */
export interface Pass {
  readonly weights: ParameterViews;
  /** Batch statistics in BN; otherwise running statistics. */
  readonly training: boolean;
  /** Running mean and variance of each tracked BN, by its index; absent in a supernet. */
  readonly running?: readonly (readonly [tf.Tensor1D, tf.Tensor1D])[];
  /** Receives the batch statistics of tracked BNs while training. */
  readonly statistics?: (index: number, mean: tf.Tensor1D, variance: tf.Tensor1D) => void;
}

/** [b, h, w, c] → [b, h', w', c'] */
export type Forward = (x: tf.Tensor4D, pass: Pass) => tf.Tensor4D;

/** Collects what a network needs while it is built. */
export interface NetworkBuilder {
  readonly layout: ParameterLayout;
  /** Channels of every BN in order, for running statistics. */
  readonly batchNorms: number[];
}

function buildBatchNorm(affine: boolean, channels: number, name: string, builder: NetworkBuilder): Forward {
  const index = builder.batchNorms.push(channels) - 1;
  const scale = affine ? builder.layout.add(`${name}.scale`, [channels], { kind: 'constant', value: 1 }) : -1;
  const shift = affine ? builder.layout.add(`${name}.shift`, [channels], { kind: 'constant', value: 0 }) : -1;
  return (x, pass) => {
    const gamma = affine ? (pass.weights[scale] as tf.Tensor1D) : tf.ones<tf.Rank.R1>([channels]);
    const beta = affine ? (pass.weights[shift] as tf.Tensor1D) : tf.zeros<tf.Rank.R1>([channels]);
    if (!pass.training && pass.running) return batchNormInference(x, gamma, beta, ...pass.running[index]!);
    const { statistics } = pass;
    const sink = statistics && ((m: tf.Tensor1D, v: tf.Tensor1D) => statistics(index, m, v));
    return batchNormTraining(x, gamma, beta, sink);
  };
}

/** One layer over an input of the given shape; its parameters go into the builder under `name`. */
function buildLayer(layer: Layer, input: Shape, name: string, builder: NetworkBuilder): Forward {
  const { layout } = builder;
  switch (layer.kind) {
    case 'relu':
      return (x) => primitives.relu(x);
    case 'conv': {
      const { kernel, stride, filters } = layer;
      const shape = [kernel, kernel, input.channels, filters];
      const weight = layout.add(`${name}.weight`, shape, fanInBound(kernel ** 2 * input.channels));
      return (x, { weights }) => primitives.convolution(x, weights[weight] as tf.Tensor4D, stride);
    }
    case 'depthwise': {
      const { kernel, stride, dilation } = layer;
      const weight = layout.add(
        `${name}.weight`,
        [kernel, kernel, input.channels, 1],
        fanInBound(kernel ** 2),
      );
      return (x, { weights }) => primitives.depthwise(x, weights[weight] as tf.Tensor4D, stride, dilation);
    }
    case 'batchNorm':
      return buildBatchNorm(layer.affine, input.channels, name, builder);
    case 'maxPool':
      return (x) => primitives.maxPool(x, layer.stride);
    case 'avgPool':
      return (x) => primitives.avgPool(x, layer.stride);
    case 'identity':
      return (x) => x;
    case 'zero': {
      const { height, width, channels } = layerOutput(layer, input);
      return (x) => tf.zeros([x.shape[0], height, width, channels]);
    }
    case 'shift':
      return (x) => primitives.shift(x);
    case 'parallel': {
      const branches = layer.branches.map((branch, i) => buildLayers(branch, input, `${name}.${i}`, builder));
      return (x, pass) =>
        tf.concat4d(
          branches.map((branch) => branch(x, pass)),
          3,
        );
    }
  }
}

/** A sequence of layers. */
export function buildLayers(
  layers: readonly Layer[],
  input: Shape,
  name: string,
  builder: NetworkBuilder,
): Forward {
  const steps = layers.map((layer, i) =>
    buildLayer(layer, layersOutput(layers.slice(0, i), input), `${name}.${i}`, builder),
  );
  return (x, pass) => steps.reduce((value, step) => step(value, pass), x);
}

/** Global average pooling and a linear layer with bias: [b, h, w, c] → logits [b, classes]. */
export function buildClassifier(features: number, classes: number, builder: NetworkBuilder) {
  const weight = builder.layout.add('classifier.weight', [features, classes], fanInBound(features));
  const bias = builder.layout.add('classifier.bias', [classes], fanInBound(features));
  return (x: tf.Tensor4D, { weights }: Pass): tf.Tensor2D => {
    const pooled = tf.mean<tf.Tensor2D>(x, [1, 2]);
    return tf.add(tf.matMul(pooled, weights[weight] as tf.Tensor2D), weights[bias]!);
  };
}
