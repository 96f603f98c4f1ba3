/**
 * Batch normalization (Ioffe & Szegedy, 2015) over batch, height and width, with its gradient written out: one fused
 * kernel each way on native TensorFlow, the textbook formula elsewhere. tfjs's own takes a dozen kernels a pass.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchNormEpsilon } from '../../space/layers';
import { fusedBatchNorm, type StatisticsSink } from './nativeKernels';

/**
 * Normalizes with the statistics of the batch.
 * @param x [b, h, w, c]
 * @param scale γ [c]
 * @param shift β [c]
 */
export function batchNormTraining(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  shift: tf.Tensor1D,
  sink?: StatisticsSink,
): tf.Tensor4D {
  if (tf.getBackend() === 'tensorflow') return fusedBatchNorm(x, scale, shift, batchNormEpsilon, sink);
  const count = x.size / x.shape[3];
  const normalize = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [image, gamma, beta, save] = inputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const { mean, variance } = tf.moments(image, [0, 1, 2]);
    const inverse = tf.rsqrt(tf.add(variance, batchNormEpsilon));
    if (sink) {
      const unbiased = tf.mul<tf.Tensor1D>(variance, count / Math.max(1, count - 1));
      sink(tf.keep(tf.clone(mean) as tf.Tensor1D), tf.keep(unbiased));
    }
    const value = tf.add(tf.mul(tf.sub(image, mean), tf.mul(inverse, gamma)), beta);
    save([image, gamma, mean, inverse]);
    return {
      value,
      gradFunc: (dy, saved) => {
        const [x0, g, m, r] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
        const normalized = tf.mul(tf.sub(x0, m), r);
        const dBeta = tf.sum(dy, [0, 1, 2]);
        const dGamma = tf.sum(tf.mul(dy, normalized), [0, 1, 2]);
        // dx = γ/σ · (dy − mean(dy) − x̂ · mean(dy · x̂)), equation by the chain rule through mean and variance.
        const centred = tf.sub(tf.sub(dy, tf.div(dBeta, count)), tf.mul(normalized, tf.div(dGamma, count)));
        return [tf.mul(centred, tf.mul(g, r)), dGamma, dBeta];
      },
    };
  });
  return normalize(x, scale, shift) as tf.Tensor4D;
}

/** Normalizes with given statistics, for evaluation. All vectors [c]. */
export function batchNormInference(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  shift: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
): tf.Tensor4D {
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, batchNormEpsilon)));
  return tf.add(tf.mul(x, factor), tf.sub(shift, tf.mul(mean, factor)));
}
