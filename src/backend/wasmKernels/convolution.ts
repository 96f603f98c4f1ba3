/** Gradients of conv2d (NHWC, any stride, dilation and padding), as convolutions and matrix products. */
import { backend_util } from '@tensorflow/tfjs-core';
import type {
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  KernelConfig,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import { copyBox, denseStrides } from './copyBox';
import { type KernelCall, wasmKernel } from './kernel';

type Conv2DInfo = backend_util.Conv2DInfo;

function needChannelsLast(info: Conv2DInfo): void {
  if (info.dataFormat !== 'channelsLast') throw new Error('The wasm backend convolves NHWC tensors only.');
}

/** The part of an axis on which a spread-out gradient falls: outputs first … first + count − 1. */
function landing(outputs: number, stride: number, start: number, size: number) {
  const first = Math.max(0, Math.ceil(-start / stride));
  const end = Math.min(outputs, Math.ceil((size - start) / stride));
  return { first, count: Math.max(0, end - first), at: start + first * stride };
}

/**
 * Gradient of a convolution's output, spread out so that a convolution of stride 1 without padding, with the flipped
 * filter, gives the gradient of its input: stride − 1 zeros between values, and a margin.
 * @param dy [batch, outHeight, outWidth, channels]
 * @returns [batch, inHeight + dilated filter height − 1, inWidth + dilated filter width − 1, channels]
 */
export function spreadGradient(call: KernelCall, dy: TensorInfo, info: Conv2DInfo): TensorInfo {
  const [batch, , , channels] = dy.shape as [number, number, number, number];
  const marginTop = info.effectiveFilterHeight - 1;
  const marginLeft = info.effectiveFilterWidth - 1;
  const spread = call.zeros([batch, info.inHeight + marginTop, info.inWidth + marginLeft, channels]);
  const rows = landing(info.outHeight, info.strideHeight, marginTop - info.padInfo.top, spread.shape[1]!);
  const columns = landing(info.outWidth, info.strideWidth, marginLeft - info.padInfo.left, spread.shape[2]!);
  const from = denseStrides(dy.shape);
  const to = denseStrides(spread.shape);
  copyBox(
    [batch, rows.count, columns.count, channels],
    { values: call.floats(dy), offset: rows.first * from[1]! + columns.first * from[2]!, strides: from },
    {
      values: call.floats(spread),
      offset: rows.at * to[1]! + columns.at * to[2]!,
      strides: [to[0]!, info.strideHeight * to[1]!, info.strideWidth * to[2]!, 1],
    },
  );
  return spread;
}

function hasPadding({ padInfo }: Conv2DInfo): boolean {
  return padInfo.top !== 0 || padInfo.left !== 0 || padInfo.bottom !== 0 || padInfo.right !== 0;
}

/** Filter [1, 1]: xᵀ·dy over the pixels that the convolution looked at. */
function pointwiseFilterGradient(
  call: KernelCall,
  x: TensorInfo,
  dy: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const seen = [info.batchSize, info.outHeight, info.outWidth, info.inChannels];
  let pixels = x;
  if (info.strideHeight > 1 || info.strideWidth > 1) {
    pixels = call.make(seen);
    const strides = denseStrides(x.shape);
    copyBox(
      seen,
      {
        values: call.floats(x),
        offset: 0,
        strides: [strides[0]!, info.strideHeight * strides[1]!, info.strideWidth * strides[2]!, 1],
      },
      { values: call.floats(pixels), offset: 0, strides: denseStrides(seen) },
    );
  }
  const count = info.batchSize * info.outHeight * info.outWidth;
  const a = call.reshape(pixels, [count, info.inChannels]);
  const b = call.reshape(dy, [count, info.outChannels]);
  const product = call.run('BatchMatMul', { a, b }, { transposeA: true, transposeB: false });
  return call.reshape(product, [1, 1, info.inChannels, info.outChannels]);
}

/**
 * Σ over batch and outputs of x · dy is itself a convolution: images play the channels, channels the images, dy the
 * filter, and stride and dilation change places.
 */
function filterGradient(call: KernelCall, x: TensorInfo, dy: TensorInfo, info: Conv2DInfo): TensorInfo {
  const { padInfo, strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth } = info;
  // Rows and columns that the convolution saw; a stride can leave some at the end unseen.
  const rows = (info.outHeight - 1) * strideHeight + effectiveFilterHeight - padInfo.top;
  const columns = (info.outWidth - 1) * strideWidth + effectiveFilterWidth - padInfo.left;
  const size = [
    info.batchSize,
    Math.min(rows, info.inHeight),
    Math.min(columns, info.inWidth),
    info.inChannels,
  ];
  const whole = size[1] === info.inHeight && size[2] === info.inWidth;
  const seen = whole ? x : call.run('Slice', { x }, { begin: [0, 0, 0, 0], size });
  const gradient = call.run(
    'Conv2D',
    {
      x: call.run('Transpose', { x: seen }, { perm: [3, 1, 2, 0] }),
      filter: call.run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] }),
    },
    {
      strides: [info.dilationHeight, info.dilationWidth],
      dilations: [strideHeight, strideWidth],
      pad: [
        [0, 0],
        [padInfo.top, rows - size[1]!],
        [padInfo.left, columns - size[2]!],
        [0, 0],
      ],
      dataFormat: 'NHWC',
    },
  );
  return call.run('Transpose', { x: gradient }, { perm: [1, 2, 0, 3] });
}

const backpropFilter = wasmKernel<'x' | 'dy', Conv2DBackpropFilterAttrs>(
  'Conv2DBackpropFilter',
  (call, { x, dy }, { strides, pad, dimRoundingMode, dataFormat, filterShape }) => {
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const shape = x.shape as Conv2DBackpropFilterAttrs['filterShape'];
    const info = backend_util.computeConv2DInfo(
      shape,
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    needChannelsLast(info);
    const pointwise = info.filterHeight === 1 && info.filterWidth === 1 && !hasPadding(info);
    return (pointwise ? pointwiseFilterGradient : filterGradient)(call, x, dy, info);
  },
);

/** The package has this kernel as plain loops, ten times slower than the convolution that it amounts to. */
const backpropInput = wasmKernel<'dy' | 'filter', Conv2DBackpropInputAttrs>(
  'Conv2DBackpropInput',
  (call, { dy, filter }, { strides, pad, dimRoundingMode, dataFormat, inputShape }) => {
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const shape = filter.shape as Conv2DBackpropFilterAttrs['filterShape'];
    const info = backend_util.computeConv2DInfo(
      inputShape,
      shape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    needChannelsLast(info);
    const flipped = call.run('Reverse', { x: filter }, { dims: [0, 1] });
    return call.run(
      'Conv2D',
      {
        x: spreadGradient(call, dy, info),
        filter: call.run('Transpose', { x: flipped }, { perm: [0, 1, 3, 2] }),
      },
      { strides: [1, 1], dilations: [1, 1], pad: 'valid', dataFormat: 'NHWC' },
    );
  },
);

export const convolutionKernels: readonly KernelConfig[] = [backpropFilter, backpropInput];
