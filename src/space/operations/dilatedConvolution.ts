import type { Operation } from './operation';

/** Dilated separable convolution: ReLU, depthwise with dilation 2, pointwise, BN. */
function dilated(kernel: number): Operation {
  const field = 2 * kernel - 1;
  return {
    name: `dil_conv_${kernel}x${kernel}`,
    aliases: [`dil_sep_conv_${kernel}x${kernel}`],
    nearNames: [
      ...[`dilated_conv_${kernel}x${kernel}`, `atrous_conv_${kernel}x${kernel}`, `dil_${kernel}x${kernel}`],
      ...(kernel === 3 ? ['dil_conv', 'DilConv', 'dilated_conv', 'atrous_conv'] : []),
    ],
    description: `Dilated depthwise-separable ${kernel}×${kernel} convolution with a receptive field of ${field}×${field}.`,
    look: { family: 'dilated', word: 'dil', kernel: `${kernel}×${kernel}` },
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
