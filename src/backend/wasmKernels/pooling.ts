/**
 * MaxPoolGrad and AvgPoolGrad. The package has both, and both are wrong: its MaxPoolGrad loses the gradient of windows
 * without a positive value, its AvgPoolGrad divides by the whole window at padded borders.
 */
import { backend_util } from '@tensorflow/tfjs-core';
import type { AvgPoolGradAttrs, KernelConfig, MaxPoolGradAttrs } from '@tensorflow/tfjs-core';
import { averagePoolShares, maxPoolGradient } from '../poolGradients';
import { wasmKernel } from './kernel';

type Shape4D = [number, number, number, number];

const avgPoolGrad = wasmKernel<'dy' | 'input', AvgPoolGradAttrs>(
  'AvgPoolGrad',
  (call, { dy, input }, { filterSize, strides, pad }) => {
    const info = backend_util.computePool2DInfo(input.shape as Shape4D, filterSize, strides, 1, pad);
    // A sum over a window is a depthwise convolution with ones.
    const shares = call.make(dy.shape);
    const ones = call.make([info.filterHeight, info.filterWidth, info.inChannels, 1]);
    averagePoolShares(call.floats(dy), call.floats(shares), info);
    call.floats(ones).fill(1);
    const attributes = {
      strides: [info.strideHeight, info.strideWidth],
      dilations: [1, 1],
      pad,
      inputShape: input.shape,
    };
    return call.run('DepthwiseConv2dNativeBackpropInput', { dy: shares, filter: ones }, attributes);
  },
);

const maxPoolGrad = wasmKernel<'dy' | 'input' | 'output', MaxPoolGradAttrs>(
  'MaxPoolGrad',
  (call, { dy, input, output }, { filterSize, strides, pad, dimRoundingMode }) => {
    const shape = input.shape as Shape4D;
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const dx = call.make(input.shape);
    maxPoolGradient(call.floats(dy), call.floats(input), call.floats(output), call.floats(dx), info);
    return dx;
  },
);

export const poolingKernels: readonly KernelConfig[] = [avgPoolGrad, maxPoolGrad];
