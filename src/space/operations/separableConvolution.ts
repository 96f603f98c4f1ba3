import type { Layer, Stride } from '../layers';
import type { Operation } from './operation';

/** One pass of a separable convolution: ReLU, depthwise, pointwise, BN. */
function pass(kernel: number, stride: Stride, filters: number, affine: boolean): Layer[] {
  return [
    { kind: 'relu' },
    { kind: 'depthwise', kernel, stride, dilation: 1 },
    { kind: 'conv', kernel: 1, stride: 1, filters },
    { kind: 'batchNorm', affine },
  ];
}

/** Depthwise-separable convolution applied twice, the stride in the first pass (NASNet, DARTS). */
function separable(kernel: number): Operation {
  return {
    name: `sep_conv_${kernel}x${kernel}`,
    nearNames: [
      ...[`separable_conv_${kernel}x${kernel}`, `dw_conv_${kernel}x${kernel}`, `sep_${kernel}x${kernel}`],
      ...(kernel === 3
        ? ['sep_conv', 'SepConv', 'SeparableConv2D', 'DepthwiseConv2D', 'depthwise_conv']
        : []),
    ],
    description: `Depthwise-separable ${kernel}×${kernel} convolution, applied twice (ReLU, depthwise, pointwise, BN).`,
    look: { family: 'separable', word: 'sep', kernel: `${kernel}×${kernel}` },
    layers: ({ channels, stride, affine }) => [
      ...pass(kernel, stride, channels, affine),
      ...pass(kernel, 1, channels, affine),
    ],
  };
}

export const sepConv3x3 = separable(3);
export const sepConv5x5 = separable(5);
export const sepConv7x7 = separable(7);
