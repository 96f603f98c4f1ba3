/**
 * Layers as data: the small vocabulary in which every operation of a search space is written. Costs, tensors and
 * generated code all interpret it, so an operation is described once.
 */

/** Height, width and channels of an activation, batch left out. */
export interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export type Stride = 1 | 2;

/** Nonlinearities: ReLU, x·hard_sigmoid(x) (Howard et al., 2019, section 5.2) and x·sigmoid(x) (Ramachandran et al., 2017). */
export const activations = ['relu', 'hard_swish', 'swish'] as const;
export type Activation = (typeof activations)[number];
/** What ends squeeze-and-excitation; hard_sigmoid(x) is min(max(x + 3, 0), 6) / 6. */
export const gates = ['sigmoid', 'hard_sigmoid'] as const;
export type Gate = (typeof gates)[number];

/** ε under the root of BN, as in PyTorch. */
export const batchNormEpsilon = 1e-5;

/**
 * Window of a pool: 3 × 3 around each pixel, or the 2 × 2 pixels that become one. What reaches over the edge of the
 * image is padding.
 */
export type PoolWindow =
  | { readonly kernel: 3; readonly stride: Stride }
  | { readonly kernel: 2; readonly stride: 2 };

/**
 * One layer. Convolutions have no bias and pad symmetrically by dilation·(kernel − 1)/2, as PyTorch does, so that
 * all target frameworks compute the same numbers; with stride 2 a size of n becomes ⌈n/2⌉.
 */
export type Layer =
  | { readonly kind: 'relu' }
  | { readonly kind: 'activation'; readonly of: Exclude<Activation, 'relu'> }
  /** Dense convolution, square odd kernel. */
  | { readonly kind: 'conv'; readonly kernel: number; readonly stride: Stride; readonly filters: number }
  /** Dense convolution along one axis, odd kernel: `kernel` × 1 along the height, 1 × `kernel` along the width; so its stride. */
  | {
      readonly kind: 'axisConv';
      readonly axis: 'height' | 'width';
      readonly kernel: number;
      readonly stride: Stride;
      readonly filters: number;
    }
  /** Depthwise convolution, multiplier 1. */
  | { readonly kind: 'depthwise'; readonly kernel: number; readonly stride: Stride; readonly dilation: 1 | 2 }
  /** `affine` adds a learned scale and shift. */
  | { readonly kind: 'batchNorm'; readonly affine: boolean }
  /** Padding never wins. */
  | ({ readonly kind: 'maxPool' } & PoolWindow)
  /** Padding is not counted in the mean. */
  | ({ readonly kind: 'avgPool' } & PoolWindow)
  | { readonly kind: 'identity' }
  /**
   * Scales every channel by a gate (Hu et al., 2018): mean over the image, linear layer to `squeeze` channels, `inner`,
   * linear layer back, `gate`. Both linear layers have a bias.
   */
  | {
      readonly kind: 'squeezeExcite';
      readonly squeeze: number;
      readonly inner: Activation;
      readonly gate: Gate;
    }
  /** Zeros of the output's shape. */
  | { readonly kind: 'zero'; readonly stride: Stride }
  /** Moves the image by one pixel up and left and fills with zeros: the second branch of a factorized reduction. */
  | { readonly kind: 'shift' }
  /** Branches over the same input, concatenated along channels. */
  | { readonly kind: 'parallel'; readonly branches: readonly (readonly Layer[])[] };

/** Padding on each side that keeps the size at stride 1. */
export function symmetricPadding(kernel: number, dilation = 1): number {
  return (dilation * (kernel - 1)) / 2;
}

function strided(shape: Shape, stride: Stride, channels = shape.channels): Shape {
  return { height: Math.ceil(shape.height / stride), width: Math.ceil(shape.width / stride), channels };
}

/** Shape after one layer. */
export function layerOutput(layer: Layer, input: Shape): Shape {
  switch (layer.kind) {
    case 'conv':
      return strided(input, layer.stride, layer.filters);
    case 'axisConv': {
      const { height, width } = strided(input, layer.stride);
      const along = layer.axis === 'height' ? { height } : { width };
      return { ...input, ...along, channels: layer.filters };
    }
    case 'depthwise':
    case 'maxPool':
    case 'avgPool':
    case 'zero':
      return strided(input, layer.stride);
    case 'parallel': {
      const outputs = layer.branches.map((branch) => layersOutput(branch, input));
      const channels = outputs.reduce((sum, o) => sum + o.channels, 0);
      return { ...(outputs[0] ?? input), channels };
    }
    case 'relu':
    case 'activation':
    case 'squeezeExcite':
    case 'batchNorm':
    case 'identity':
    case 'shift':
      return input;
  }
}

/** Shape after a sequence of layers. */
export function layersOutput(layers: readonly Layer[], input: Shape): Shape {
  return layers.reduce((shape, layer) => layerOutput(layer, shape), input);
}

/** Whether the output is zeros whatever the input is. */
export function givesZeros(layers: readonly Layer[]): boolean {
  return layers.at(-1)?.kind === 'zero';
}

/** A nonlinearity as a layer. */
export function activationLayer(of: Activation): Layer {
  return of === 'relu' ? { kind: 'relu' } : { kind: 'activation', of };
}

/** ReLU, 1 × 1 convolution, BN: brings a cell's input to the cell's channels. */
export function reluConvBn(filters: number, affine: boolean): Layer[] {
  return [{ kind: 'relu' }, { kind: 'conv', kernel: 1, stride: 1, filters }, { kind: 'batchNorm', affine }];
}

/**
 * Halves height and width without losing pixels: two 1 × 1 convolutions of stride 2, the second over the image
 * shifted by one pixel, concatenated (FactorizedReduce of DARTS).
 */
export function factorizedReduce(filters: number, affine: boolean): Layer[] {
  const first = Math.floor(filters / 2);
  return [
    { kind: 'relu' },
    {
      kind: 'parallel',
      branches: [
        [{ kind: 'conv', kernel: 1, stride: 2, filters: first }],
        [{ kind: 'shift' }, { kind: 'conv', kernel: 1, stride: 2, filters: filters - first }],
      ],
    },
    { kind: 'batchNorm', affine },
  ];
}
