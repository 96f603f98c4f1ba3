import type { Operation } from './operation';

/** Dense convolution: ReLU, convolution, BN (NAS-Bench-201). */
function dense(kernel: number, description: string): Operation {
  return {
    name: `conv_${kernel}x${kernel}`,
    description,
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
export const conv3x3 = dense(
  3,
  'Dense 3×3 convolution (ReLU, convolution, BN). Far more weights than a separable one.',
);
