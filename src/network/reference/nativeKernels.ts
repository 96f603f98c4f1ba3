/**
 * Kernels of the TensorFlow runtime that tfjs has no function for, called by name on the native backend.
 */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Takes the batch statistics of one pass, both [channels]; the variance is unbiased, which is what evaluations
 * use. The receiver owns the tensors.
 */
export type StatisticsSink = (mean: tf.Tensor1D, variance: tf.Tensor1D) => void;

/** The part of tfjs-node's backend that runs a kernel by its name. */
interface NativeBackend {
  readonly binding: Readonly<Record<string, number>>;
  executeSingleOutput(
    name: string,
    attributes: readonly KernelAttribute[],
    inputs: readonly tf.TensorInfo[],
  ): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly KernelAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

interface KernelAttribute {
  readonly name: string;
  readonly type: number | undefined;
  readonly value: unknown;
}

function native(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

function batchNormAttributes(binding: NativeBackend['binding'], epsilon: number): KernelAttribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
}

/**
 * `FusedBatchNormV3` and its gradient kernel.
 * @param x [b, h, w, c]
 * @param scale γ [c]
 * @param shift β [c]
 */
export function fusedBatchNorm(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  shift: tf.Tensor1D,
  epsilon: number,
  sink?: StatisticsSink,
): tf.Tensor4D {
  const backend = native();
  const attributes = batchNormAttributes(backend.binding, epsilon);
  const normalize = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [image, gamma, beta, save] = inputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    // In training the kernel wants empty vectors for the running statistics.
    const none = tf.tensor1d([]);
    const outputs = backend.executeMultipleOutputs(
      'FusedBatchNormV3',
      attributes,
      [image, gamma, beta, none, none],
      6,
    );
    const [value, mean, variance, ...reserved] = outputs as [
      tf.Tensor,
      tf.Tensor1D,
      tf.Tensor1D,
      ...tf.Tensor[],
    ];
    if (sink) sink(tf.keep(mean), tf.keep(variance));
    save([image, gamma, ...reserved]);
    return {
      value,
      gradFunc: (dy, saved) => {
        const [x0, g, ...rest] = saved as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
        const gradients = backend.executeMultipleOutputs(
          'FusedBatchNormGradV3',
          attributes,
          [dy, x0, g, ...rest],
          5,
        );
        return gradients.slice(0, 3);
      },
    };
  });
  return normalize(x, scale, shift) as tf.Tensor4D;
}

/** `Relu` and `ReluGrad`. */
export function nativeRelu(x: tf.Tensor4D): tf.Tensor4D {
  const backend = native();
  const type = [{ name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT }];
  const rectify = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [image, save] = inputs as [tf.Tensor4D, tf.GradSaveFunc];
    const value = backend.executeSingleOutput('Relu', type, [image]);
    save([value]);
    return {
      value,
      gradFunc: (dy, saved) => backend.executeSingleOutput('ReluGrad', type, [dy, saved[0]!]),
    };
  });
  return rectify(x) as tf.Tensor4D;
}
