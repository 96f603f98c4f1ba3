/** Gradients of the depthwise convolution (NHWC, any stride, dilation, padding and channel multiplier). */
import { backend_util } from '@tensorflow/tfjs-core';
import type {
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
  KernelConfig,
} from '@tensorflow/tfjs-core';
import { spreadGradient } from './convolution';
import { wasmKernel } from './kernel';

type Shape4D = [number, number, number, number];

const backpropInput = wasmKernel<'dy' | 'filter', DepthwiseConv2dNativeBackpropInputAttrs>(
  'DepthwiseConv2dNativeBackpropInput',
  (call, { dy, filter }, { strides, dilations, pad, dimRoundingMode, inputShape }) => {
    const filterShape = filter.shape as Shape4D;
    const info = backend_util.computeConv2DInfo(
      inputShape,
      filterShape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    const [height, width, channels, multiplier] = filterShape;
    const flipped = call.run('Reverse', { x: filter }, { dims: [0, 1] });
    const perOutput = call.run(
      'DepthwiseConv2dNative',
      {
        x: spreadGradient(call, dy, info),
        filter: call.reshape(flipped, [height, width, channels * multiplier, 1]),
      },
      {
        strides: [1, 1],
        dilations: [info.dilationHeight, info.dilationWidth],
        pad: 'valid',
        dataFormat: 'NHWC',
      },
    );
    if (multiplier === 1) return perOutput;
    const grouped = call.reshape(perOutput, [...inputShape, multiplier]);
    return call.run('Sum', { x: grouped }, { axis: [4], keepDims: false });
  },
);

/** Taps that `addRow` works on at once. */
const window = 5;

/**
 * Adds Σ_i x[i + tap] · dy[i] to the sums of five neighbouring taps of one channel over one row. The values of x slide
 * through five variables, so that each is read once for all taps.
 */
function addRow(
  x: Float32Array,
  xAt: number,
  xStep: number,
  dy: Float32Array,
  dyAt: number,
  dyEnd: number,
  dyStep: number,
  sums: Float64Array,
  sumAt: number,
  sumStep: number,
): void {
  let [s0, s1, s2, s3, s4] = [0, 0, 0, 0, 0];
  let x0 = x[xAt]!;
  let x1 = x[xAt + xStep]!;
  let x2 = x[xAt + 2 * xStep]!;
  let x3 = x[xAt + 3 * xStep]!;
  let ahead = xAt + 4 * xStep;
  for (let i = dyAt; i < dyEnd; i += dyStep) {
    const d = dy[i]!;
    const x4 = x[ahead]!;
    s0 += d * x0;
    s1 += d * x1;
    s2 += d * x2;
    s3 += d * x3;
    s4 += d * x4;
    x0 = x1;
    x1 = x2;
    x2 = x3;
    x3 = x4;
    ahead += xStep;
  }
  sums[sumAt]! += s0;
  sums[sumAt + sumStep]! += s1;
  sums[sumAt + 2 * sumStep]! += s2;
  sums[sumAt + 3 * sumStep]! += s3;
  sums[sumAt + 4 * sumStep]! += s4;
}

/**
 * dw[i, j, c, m] = Σ x[b, oh·s + i·d − top, ow·s + j·d − left, c] · dy[b, oh, ow, c·M + m], summed in double precision.
 * Taps of one remainder modulo the stride, and outputs of one remainder modulo the dilation, lie a constant step apart
 * in x: over those a window slides. Composed of kernels (products and sums per tap, or a convolution over transposed
 * tensors) this took two to ten times as long.
 */
const backpropFilter = wasmKernel<'x' | 'dy', DepthwiseConv2dNativeBackpropFilterAttrs>(
  'DepthwiseConv2dNativeBackpropFilter',
  (call, { x, dy }, { strides, dilations, pad, dimRoundingMode, filterShape }) => {
    const info = backend_util.computeConv2DInfo(
      x.shape as Shape4D,
      filterShape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    const { batchSize, outHeight, outWidth, inHeight, inWidth, strideHeight, strideWidth } = info;
    const { padInfo, dilationHeight, dilationWidth } = info;
    const [filterHeight, filterWidth, channels, multiplier] = filterShape;
    const outChannels = channels * multiplier;
    // Room for whole windows: taps beyond the filter are computed and dropped.
    const windows = Math.ceil(Math.ceil(filterWidth / strideWidth) / window);
    const slots = windows * window * strideWidth;
    const lastRow = (outHeight - 1) * strideHeight + (filterHeight - 1) * dilationHeight;
    const lastColumn = (outWidth - 1) * strideWidth + (slots - 1) * dilationWidth;
    const padded = call.run(
      'PadV2',
      { x },
      {
        paddings: [
          [0, 0],
          [padInfo.top, Math.max(0, lastRow + 1 - inHeight - padInfo.top)],
          [padInfo.left, Math.max(0, lastColumn + 1 - inWidth - padInfo.left)],
          [0, 0],
        ],
        constantValue: 0,
      },
    );
    const gradient = call.make([...filterShape]);
    const [, rows, columns] = padded.shape as Shape4D;
    const xs = call.floats(padded);
    const dys = call.floats(dy);
    const sums = new Float64Array(filterHeight * slots * outChannels);
    const xStep = strideWidth * dilationWidth * channels;
    const dyStep = dilationWidth * outChannels;
    const sumStep = strideWidth * outChannels;

    /** One row of outputs against one row of taps, beginning with output `phase` and tap `tap`. */
    const addTaps = (xRow: number, dyRow: number, tapRow: number, phase: number, tap: number): void => {
      const xAt = (xRow * columns + phase * strideWidth + tap * dilationWidth) * channels;
      const dyAt = (dyRow * outWidth + phase) * outChannels;
      const dyEnd = (dyRow + 1) * outWidth * outChannels;
      const sumAt = (tapRow * slots + tap) * outChannels;
      for (let c = 0; c < outChannels; c++) {
        const channel = multiplier === 1 ? c : Math.floor(c / multiplier);
        addRow(xs, xAt + channel, xStep, dys, dyAt + c, dyEnd, dyStep, sums, sumAt + c, sumStep);
      }
    };
    for (let image = 0; image < batchSize; image++) {
      for (let oh = 0; oh < outHeight; oh++) {
        for (let i = 0; i < filterHeight; i++) {
          const xRow = image * rows + oh * strideHeight + i * dilationHeight;
          for (let phase = 0; phase < Math.min(dilationWidth, outWidth); phase++) {
            for (let tap = 0; tap < Math.min(strideWidth, filterWidth); tap++) {
              for (let w = 0; w < windows; w++) {
                addTaps(xRow, image * outHeight + oh, i, phase, tap + w * window * strideWidth);
              }
            }
          }
        }
      }
    }
    const values = call.floats(gradient);
    for (let i = 0; i < filterHeight; i++) {
      const row = sums.subarray(i * slots * outChannels, (i * slots + filterWidth) * outChannels);
      values.set(row, i * filterWidth * outChannels);
    }
    return gradient;
  },
);

export const depthwiseKernels: readonly KernelConfig[] = [backpropInput, backpropFilter];
