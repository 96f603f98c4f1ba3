/**
 * Scores of untrained networks from one batch, on the reference engine's tensors: BN takes the statistics of the batch, as
 * in a training step. Larger is better for all of them. The forms are those of Abdelfattah et al. (2021).
 */
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../errors';
import type { NetworkPlan } from '../../space/plan';
import type { ArrayBatch } from '../batch';
import { runNetwork, type EdgeRule } from './cellNetwork';
import { runLayers } from './layers';
import { logDeterminant, symmetricEigenvalues } from './linearAlgebra';
import { splitParameters } from './parameterViews';
import { ReferenceNetwork } from './referenceNetwork';
import { structureOf, type NetworkStructure } from '../structure';
import { readArray } from './tensorBatch';

export const zeroCostProxies = { naswot, jacov, synflow, snip, grad_norm: gradientNorm } as const;
export type ZeroCostName = keyof typeof zeroCostProxies;

const onlyCandidate: EdgeRule = (x, { edge }, pass) => runLayers(edge.candidates[0]!.layers, x, pass);

function noScore(why: string): UserError {
  return new UserError(`There is no such score: ${why}.`, undefined, 'no-score');
}

function toImages({ images, shape }: ArrayBatch): tf.Tensor4D {
  return tf.tensor4d(images, [...shape]);
}

/**
 * ln |det K|, where K counts for each two images the ReLUs that are on for both or off for both, over all ReLUs (NASWOT;
 * Mellor et al., 2021, equations 2 and 3): large where the network tells the images apart.
 */
async function naswot(plan: NetworkPlan, weights: Float32Array, batch: ArrayBatch): Promise<number> {
  const structure = structureOf(plan);
  const [images] = batch.shape;
  let units = 0;
  const products = tf.tidy(() => {
    let sum: tf.Tensor = tf.zeros([images, images]);
    const relu = (output: tf.Tensor4D): void => {
      const signs = tf.sub(tf.mul(2, tf.cast(tf.greater(output, 0), 'float32')), 1);
      const codes = tf.reshape(signs, [images, -1]);
      units += codes.shape[1]!;
      sum = tf.add(sum, tf.matMul<tf.Tensor2D>(codes as tf.Tensor2D, codes as tf.Tensor2D, false, true));
    };
    const pass = { weights: splitParameters(structure.layout, tf.tensor1d(weights)), relu };
    runNetwork(structure, toImages(batch), pass, onlyCandidate);
    return sum;
  });
  const values = await readArray(products);
  if (units === 0) throw noScore('the network has no ReLU');
  // Codes of ±1: their product is the number of ReLUs that agree less that of those that differ.
  const kernel = square(values, images).map((row) => row.map((product) => (units + product) / 2));
  return finite(logDeterminant(kernel), 'the network does not tell all images of the batch apart');
}

/**
 * −Σ (ln(λ + k) + 1/(λ + k)) over the eigenvalues λ of the correlations between the images' Jacobians ∂Σlogits/∂image, k =
 * 10⁻⁵ (jacov; Mellor et al., 2020): large where images pull in directions of their own.
 */
async function jacov(plan: NetworkPlan, weights: Float32Array, batch: ArrayBatch): Promise<number> {
  const structure = structureOf(plan);
  const jacobian = tf.tidy(() => {
    const pass = { weights: splitParameters(structure.layout, tf.tensor1d(weights)) };
    const sum = (x: tf.Tensor): tf.Tensor =>
      tf.sum(runNetwork(structure, x as tf.Tensor4D, pass, onlyCandidate));
    return tf.grad(sum)(toImages(batch));
  });
  const values = await readArray(jacobian);
  const [images] = batch.shape;
  const size = values.length / images;
  const rows = Array.from({ length: images }, (_, i) =>
    standardized(values.subarray(i * size, (i + 1) * size)),
  );
  const correlations = rows.map((a) => rows.map((b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)));
  const k = 1e-5;
  const score = symmetricEigenvalues(correlations).reduce(
    // Rounding may leave an eigenvalue of 0 a little below it.
    (sum, value) => sum - Math.log(Math.max(0, value) + k) - 1 / (Math.max(0, value) + k),
    0,
  );
  return finite(score, 'the logits do not depend on the images');
}

/** Less its mean, and of length 1; NaN where it is constant. */
function standardized(values: Float32Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = Float64Array.from(values, (value) => value - mean);
  const norm = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
  return centred.map((value) => value / norm);
}

/** Exponents of ten for the input, with which a first pass is tried. */
const firstScales = [0, -20, -35, 20];

/**
 * ln Σ |w · ∂R/∂w| over the weights of convolutions and the classifier, R being the sum of the logits for an image of ones
 * with all weights replaced by their absolute values and without BN (synflow; Tanaka et al., 2020).
 *
 * Without BN, R outgrows 32-bit numbers in a deep network. It is linear in the image, so image and gradient are each scaled
 * by the root of what would grow too large, and the logarithm is corrected.
 */
async function synflow(plan: NetworkPlan, weights: Float32Array): Promise<number> {
  const structure = structureOf(plan);
  const positive = weights.map(Math.abs);
  const growth = await synflowGrowth(structure, positive);
  const exponent = -growth / 2;
  const scale = 10 ** exponent;
  const gradient = tf.tidy(() => {
    const flow = (w: tf.Tensor): tf.Tensor => synflowSum(structure, w as tf.Tensor1D, scale);
    return tf.grad(flow)(tf.tensor1d(positive), tf.scalar(scale));
  });
  const values = await readArray(gradient);
  const sum = sumOverWeights(structure, (i) => Math.abs(positive[i]! * values[i]!));
  return finite(Math.log(sum) - 2 * exponent * Math.LN10, 'its value leaves the range of 32-bit numbers');
}

/** R without the classifier's bias, which is added to all that depends on the image. */
function synflowSum(structure: NetworkStructure, weights: tf.Tensor1D, scale: number): tf.Tensor {
  const { height, width, channels } = structure.plan.input;
  const views = [...splitParameters(structure.layout, weights)];
  const { bias } = structure.classifier;
  views[bias] = tf.zerosLike(views[bias]!);
  const image = tf.fill<tf.Rank.R4>([1, height, width, channels], scale);
  return tf.sum(runNetwork(structure, image, { weights: views, normalize: false }, onlyCandidate));
}

/** log₁₀ R. */
async function synflowGrowth(structure: NetworkStructure, weights: Float32Array): Promise<number> {
  const seen: number[] = [];
  for (const exponent of firstScales) {
    const flow = tf.tidy(() => synflowSum(structure, tf.tensor1d(weights), 10 ** exponent));
    const [value = NaN] = await readArray(flow);
    // Near the ends of the range, part of the sum may have been lost on the way.
    if (value > 1e-30 && value < 1e30) return Math.log10(value) - exponent;
    seen.push(value);
  }
  throw noScore(
    seen.every((value) => value === 0)
      ? 'no path leads from the image to the classifier'
      : 'its value leaves the range of 32-bit numbers',
  );
}

/** Σ |w · ∂L/∂w| over the weights of convolutions and the classifier (snip; Lee et al., 2019). */
async function snip(plan: NetworkPlan, weights: Float32Array, batch: ArrayBatch): Promise<number> {
  const { structure, gradient } = await lossGradient(plan, weights, batch);
  return sumOverWeights(structure, (i) => Math.abs(weights[i]! * gradient[i]!));
}

/** Σ ‖∂L/∂w‖ over the weights of each convolution and of the classifier (Abdelfattah et al., 2021). */
async function gradientNorm(plan: NetworkPlan, weights: Float32Array, batch: ArrayBatch): Promise<number> {
  const { structure, gradient } = await lossGradient(plan, weights, batch);
  return weightsOf(structure).reduce((sum, { offset, size }) => {
    const squares = gradient.subarray(offset, offset + size).reduce((s, value) => s + value * value, 0);
    return sum + Math.sqrt(squares);
  }, 0);
}

async function lossGradient(plan: NetworkPlan, weights: Float32Array, batch: ArrayBatch) {
  const { weights: gradient } = await new ReferenceNetwork(plan).differentiate(batch, weights);
  return { structure: structureOf(plan), gradient };
}

/** Kernels of convolutions and the classifier's matrix; neither BN's scale and shift nor biases. */
function weightsOf({ layout }: NetworkStructure) {
  return layout.parameters.filter(({ name }) => name.endsWith('.weight'));
}

function sumOverWeights(structure: NetworkStructure, value: (index: number) => number): number {
  let sum = 0;
  for (const { offset, size } of weightsOf(structure)) {
    for (let i = offset; i < offset + size; i++) sum += value(i);
  }
  return sum;
}

function square(values: Float32Array, n: number): number[][] {
  return Array.from({ length: n }, (_, i) => [...values.subarray(i * n, (i + 1) * n)]);
}

function finite(score: number, otherwise: string): number {
  if (Number.isFinite(score)) return score;
  throw noScore(otherwise);
}
