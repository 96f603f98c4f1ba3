import type { Operation } from './operation';

/** Dilated separable convolution: ReLU, depthwise with dilation 2, pointwise, BN. */
function dilated(kernel: number): Operation {
  const field = 2 * kernel - 1;
  return {
    name: `dil_conv_${kernel}x${kernel}`,
    description: `Dilated depthwise-separable ${kernel}×${kernel} convolution with a receptive field of ${field}×${field}.`,
    layers: ({ channels, stride, affine }) => [
      { kind: 'relu' },
      { kind: 'depthwise', kernel, stride, dilation: 2 },
      { kind: 'conv', kernel: 1, stride: 1, filters: channels },
      { kind: 'batchNorm', affine },
    ],
  };
}

export const dilConv3x3 = dilated(3);
export const dilConv5x5 = dilated(5);
