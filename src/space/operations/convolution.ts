import type { Operation } from './operation';

/** Dense convolution: ReLU, convolution, BN (NAS-Bench-201). */
function dense(kernel: number, description: string): Operation {
  return {
    name: `conv_${kernel}x${kernel}`,
    // As NAS-Bench-201 and NASLib call it.
    aliases: [`nor_conv_${kernel}x${kernel}`, `ReLUConvBN${kernel}x${kernel}`],
    nearNames:
      kernel === 3 ? ['conv', 'Conv2d', 'nor_conv', 'convolution', 'conv_bn_relu'] : [`conv_${kernel}`],
    description,
    look: { family: 'dense', word: 'conv', kernel: `${kernel}×${kernel}` },
    layers: ({ channels, stride, affine }) => [
      { kind: 'relu' },
      { kind: 'conv', kernel, stride, filters: channels },
      { kind: 'batchNorm', affine },
    ],
  };
}

export const conv1x1 = dense(
  1,
  'Dense 1×1 convolution (ReLU, convolution, BN): mixes channels pixel by pixel.',
);
/**
 * A 7 × 7 convolution as one along the width and one along the height, the stride of each along its axis (NASNet; layers
 * of DARTS).
 */
export const conv7x1x1x7: Operation = {
  name: 'conv_7x1_1x7',
  aliases: ['conv_1x7_7x1'],
  nearNames: ['conv_7x7', 'conv 1x7+7x1'],
  description: 'ReLU, 1×7 convolution, 7×1 convolution, BN: a 7×7 field with 14 weights a pair of channels.',
  look: { family: 'dense', word: 'conv', kernel: '7×1 1×7' },
  layers: ({ channels, stride, affine }) => [
    { kind: 'relu' },
    { kind: 'axisConv', axis: 'width', kernel: 7, stride, filters: channels },
    { kind: 'axisConv', axis: 'height', kernel: 7, stride, filters: channels },
    { kind: 'batchNorm', affine },
  ],
};

export const conv3x3 = dense(
  3,
  'Dense 3×3 convolution (ReLU, convolution, BN). Far more weights than a separable one.',
);
export const conv5x5 = dense(
  5,
  'Dense 5×5 convolution (ReLU, convolution, BN). 25 weights a pair of channels.',
);
