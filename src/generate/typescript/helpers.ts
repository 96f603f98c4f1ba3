/** The functions and custom layers that blocks are made of in TensorFlow.js, each written only where it is needed. */
import type { NetworkDescription } from '../describe';
import { isConstant, type SymbolicLayer } from '../symbolic';
import type { Helper } from './layers';

const apply = `\
/** Output of a layer for symbolic inputs. */
function apply(layer: tf.layers.Layer, inputs: Tensor | Tensor[]): Tensor {
  return layer.apply(inputs) as Tensor;
}`;

const single = `\
/** The input of a layer that has one. */
function single(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor4D {
  return (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
}`;

const sameConv = `\
/** Convolution without bias; n pixels become ⌈n / stride⌉. */
function conv(
  name: string,
  x: Tensor,
  filters: number,
  kernelSize: number,
  stride = 1,
): Tensor {
  const layer = tf.layers.conv2d({
    name,
    filters,
    kernelSize,
    strides: stride,
    padding: 'same',
    useBias: false,
  });
  return apply(layer, x);
}`;

const conv = `\
/** Convolution without bias; n pixels become ⌈n / stride⌉. */
function conv(
  name: string,
  x: Tensor,
  filters: number,
  kernelSize: number,
  stride = 1,
): Tensor {
  const layer = tf.layers.conv2d({
    name,
    filters,
    kernelSize,
    strides: stride,
    useBias: false,
  });
  return apply(layer, pad(x, kernelSize));
}`;

const axisConvs = `\
/** 1×kernelSize convolution without bias, the stride along the width. */
function rowConv(
  name: string,
  x: Tensor,
  filters: number,
  kernelSize: number,
  stride = 1,
): Tensor {
  const side = (kernelSize - 1) / 2;
  const padding = tf.layers.zeroPadding2d({ padding: [0, side] });
  const layer = tf.layers.conv2d({
    name,
    filters,
    kernelSize: [1, kernelSize],
    strides: [1, stride],
    useBias: false,
  });
  return apply(layer, apply(padding, x));
}

/** kernelSize×1 convolution without bias, the stride along the height. */
function columnConv(
  name: string,
  x: Tensor,
  filters: number,
  kernelSize: number,
  stride = 1,
): Tensor {
  const side = (kernelSize - 1) / 2;
  const padding = tf.layers.zeroPadding2d({ padding: [side, 0] });
  const layer = tf.layers.conv2d({
    name,
    filters,
    kernelSize: [kernelSize, 1],
    strides: [stride, 1],
    useBias: false,
  });
  return apply(layer, apply(padding, x));
}`;

const pad = `\
/**
 * Zeros on all four sides, half a kernel wide. ('same' would pad images of even
 * size on two sides only where the stride is 2.)
 */
function pad(x: Tensor, kernelSize: number): Tensor {
  if (kernelSize === 1) return x;
  const padding = (kernelSize - 1) / 2;
  return apply(tf.layers.zeroPadding2d({ padding }), x);
}`;

const depthwise = `\
/** Depthwise convolution without bias; n pixels become ⌈n / stride⌉. */
function depthwise(
  name: string,
  x: Tensor,
  kernelSize: number,
  stride = 1,
): Tensor {
  const layer = tf.layers.depthwiseConv2d({
    name,
    kernelSize,
    strides: stride,
    useBias: false,
  });
  return apply(layer, pad(x, kernelSize));
}`;

const dilatedDepthwise = `\
interface DilatedDepthwiseArgs {
  name?: string;
  kernelSize: number;
}

/**
 * Depthwise convolution of stride 1 and dilation 2, without bias. TensorFlow.js
 * has no gradient for dilated ones, so each parity of rows and columns becomes
 * an image of its own, convolved without dilation.
 */
class DilatedDepthwise extends tf.layers.Layer {
  static readonly className = 'DilatedDepthwise';
  private readonly kernelSize: number;
  private kernel?: tf.LayerVariable;

  constructor(args: DilatedDepthwiseArgs) {
    super(args);
    this.kernelSize = args.kernelSize;
  }

  override build(inputShape: tf.Shape): void {
    const channels = inputShape[3] ?? null;
    this.kernel = this.addWeight(
      'depthwise_kernel',
      [this.kernelSize, this.kernelSize, channels, 1],
      'float32',
      tf.initializers.glorotNormal({}),
    );
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const kernel = this.kernel?.read() as tf.Tensor4D;
      const odd = [
        [0, x.shape[1] % 2],
        [0, x.shape[2] % 2],
      ];
      const images = tf.spaceToBatchND(x, [2, 2], odd) as tf.Tensor4D;
      const outputs = tf.depthwiseConv2d(images, kernel, 1, 'same');
      return tf.batchToSpaceND(outputs, [2, 2], odd);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: this.kernelSize };
  }
}
tf.serialization.registerClass(DilatedDepthwise);

/** Depthwise convolution with dilation 2; n pixels become ⌈n / stride⌉. */
function dilatedDepthwise(
  name: string,
  x: Tensor,
  kernelSize: number,
  stride = 1,
): Tensor {
  // With stride 2 it reads even pixels alone, side by side.
  if (stride === 2) return depthwise(name, evenPixels(x), kernelSize);
  return apply(new DilatedDepthwise({ name, kernelSize }), x);
}`;

const batchNorm = `\
function batchNorm(name: string, x: Tensor): Tensor {
  const layer = tf.layers.batchNormalization({
    name,
    momentum: 0.9,
    epsilon: 1e-5,
  });
  return apply(layer, x);
}`;

const optionalAffineBatchNorm = `\
function batchNorm(name: string, x: Tensor, affine = true): Tensor {
  const layer = tf.layers.batchNormalization({
    name,
    momentum: 0.9,
    epsilon: 1e-5,
    center: affine,
    scale: affine,
  });
  return apply(layer, x);
}`;

const evenPixels = `\
/** Every second pixel: n become ⌈n / 2⌉. */
function evenPixels(x: Tensor): Tensor {
  return apply(tf.layers.averagePooling2d({ poolSize: 1, strides: 2 }), x);
}`;

const maxPool = `\
/** 3×3 max pooling; n pixels become ⌈n / stride⌉. */
function maxPool(x: Tensor, stride = 1): Tensor {
  const layer = tf.layers.maxPooling2d({
    poolSize: 3,
    strides: 1,
    padding: 'same',
  });
  const y = apply(layer, x);
  // Stride 2 is taken afterwards: with 'same' it would pad on two sides only.
  return stride === 2 ? evenPixels(y) : y;
}`;

/** A layer of average pooling that does not count the padding. */
export function averagingLayer(pooling: {
  readonly name: string;
  readonly comment: string;
  readonly size: number;
  readonly stride: number;
  /** Pixels of padding before and after: an expression, or one of the size. */
  readonly padding: string | ((size: string) => string);
  readonly shape?: string;
}): string {
  const { name, comment, size, stride, padding, shape } = pooling;
  const paddingOf = (side: string): string => (typeof padding === 'string' ? padding : padding(side));
  return `\
/**
${comment}
 */
class ${name} extends tf.layers.Layer {
  static readonly className = '${name}';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const [, height, width] = x.shape;
      const sums = this.pool(x);
      const counts = this.pool(tf.ones([1, height, width, 1]));
      return tf.div(sums, counts);
    });
  }
${shape ? `\n${shape}\n` : ''}
  private pool(x: tf.Tensor4D): tf.Tensor4D {
${typeof padding === 'function' ? '    const [, height, width] = x.shape;\n' : ''}\
    const padded = tf.pad4d(x, [
      [0, 0],
      ${paddingOf('height')},
      ${paddingOf('width')},
      [0, 0],
    ]);
    return tf.avgPool(padded, ${size}, ${stride}, 'valid');
  }
}
tf.serialization.registerClass(${name});
`;
}

const averagePooling = averagingLayer({
  name: 'AveragePooling',
  comment: `\
 * 3×3 average pooling of stride 1 that does not count the padding. The layer of
 * TensorFlow.js gives the same values, but a wrong gradient on most backends.`,
  ...{ size: 3, stride: 1 },
  padding: '[1, 1]',
});

const avgPool = `\
${averagePooling}
/** 3×3 average pooling; n pixels become ⌈n / stride⌉. */
function avgPool(x: Tensor, stride = 1): Tensor {
  const y = apply(new AveragePooling({}), x);
  return stride === 2 ? evenPixels(y) : y;
}`;

const plainMaxPool = `\
/** 3×3 max pooling that keeps the size. */
function maxPool(x: Tensor): Tensor {
  const layer = tf.layers.maxPooling2d({
    poolSize: 3,
    strides: 1,
    padding: 'same',
  });
  return apply(layer, x);
}`;

const plainAvgPool = `\
${averagePooling}
/** 3×3 average pooling that keeps the size. */
function avgPool(x: Tensor): Tensor {
  return apply(new AveragePooling({}), x);
}`;

const plainZero = `\
/** Zeros. */
function zero(x: Tensor): Tensor {
  return apply(tf.layers.rescaling({ scale: 0 }), x);
}`;

const relu = `\
function relu(x: Tensor): Tensor {
  return apply(tf.layers.reLU(), x);
}`;

const shift = `\
/** Moves the image up and left by one pixel; zeros come in. */
function shift(x: Tensor): Tensor {
  const before: [number, number] = [1, 0];
  const after: [number, number] = [0, 1];
  const padding = tf.layers.zeroPadding2d({ padding: [after, after] });
  const cropping = tf.layers.cropping2D({ cropping: [before, before] });
  return apply(cropping, apply(padding, x));
}`;

const zero = `\
/** Zeros; n pixels become ⌈n / stride⌉. */
function zero(x: Tensor, stride = 1): Tensor {
  const y = stride === 2 ? evenPixels(x) : x;
  return apply(tf.layers.rescaling({ scale: 0 }), y);
}`;

const add = `\
function add(tensors: Tensor[]): Tensor {
  return apply(tf.layers.add(), tensors);
}`;

const concat = `\
function concat(tensors: Tensor[]): Tensor {
  return apply(tf.layers.concatenate(), tensors);
}`;

const dropPath = `\
interface DropPathArgs {
  name?: string;
  probability: number;
}

/** Zeroes single images of a batch with a probability, while training. */
class DropPath extends tf.layers.Layer {
  static readonly className = 'DropPath';
  probability: number;

  constructor(args: DropPathArgs) {
    super(args);
    this.probability = args.probability;
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training = false }: { training?: boolean },
  ): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      if (!training || this.probability === 0) return x.clone();
      const shape: tf.Shape = [x.shape[0], 1, 1, 1];
      return tf.dropout(x, this.probability, shape as number[]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), probability: this.probability };
  }
}
tf.serialization.registerClass(DropPath);

/** Changes the probability of dropping an edge, for example every epoch. */
export function setDropPath(model: tf.LayersModel, probability: number): void {
  for (const layer of model.layers) {
    if (layer instanceof DropPath) layer.probability = probability;
  }
}`;

/**
 * In the order in which they stand in the file.
 * @param uses what the network's own code calls
 */
export function helpers({ needs }: NetworkDescription, uses: readonly Helper[]): string[] {
  const has = (kind: SymbolicLayer['kind']) => needs((layer) => layer.kind === kind);
  const isDilated = (layer: SymbolicLayer) => layer.kind === 'depthwise' && layer.dilation === 2;
  const isStrided = (layer: SymbolicLayer) =>
    layer.kind === 'conv' && !isConstant(layer.stride, 1) && !isConstant(layer.kernel, 1);
  const halves = (kind: 'maxPool' | 'avgPool' | 'zero') =>
    needs((layer) => layer.kind === kind && !isConstant(layer.stride, 1));
  const oneOf = (kind: 'maxPool' | 'avgPool' | 'zero', strided: string, plain: string) =>
    has(kind) ? [halves(kind) ? strided : plain] : [];
  const takesEvenPixels =
    needs((layer) => isDilated(layer)) || halves('maxPool') || halves('avgPool') || halves('zero');
  const hasOwnLayers = uses.includes('single') || needs(isDilated) || has('avgPool');
  return [
    apply,
    ...(uses.includes('add') ? [add] : []),
    ...(uses.includes('concat') || has('parallel') ? [concat] : []),
    ...(hasOwnLayers ? [single] : []),
    ...(uses.includes('relu') || has('relu') ? [relu] : []),
    ...(has('depthwise') || needs(isStrided) ? [pad] : []),
    needs(isStrided) ? conv : sameConv,
    ...(has('axisConv') ? [axisConvs] : []),
    ...(has('depthwise') ? [depthwise] : []),
    ...(takesEvenPixels ? [evenPixels] : []),
    ...(needs(isDilated) ? [dilatedDepthwise] : []),
    needs((layer) => layer.kind === 'batchNorm' && !layer.affine) ? optionalAffineBatchNorm : batchNorm,
    ...oneOf('maxPool', maxPool, plainMaxPool),
    ...oneOf('avgPool', avgPool, plainAvgPool),
    ...(has('shift') ? [shift] : []),
    ...oneOf('zero', zero, plainZero),
    ...(uses.includes('dropPath') ? [dropPath] : []),
  ];
}
