/**
 * Slice, SplitV, Tile, SpaceToBatchND, BatchToSpaceND, and Transpose of more than four axes. The package has them, at
 * three to twenty times the cost: its Slice copies the whole input first, its Tile and its Transpose of many axes
 * compute an index for every value.
 */
import { backend_util, getKernel, slice_util, util } from '@tensorflow/tfjs-core';
import type {
  BatchToSpaceNDAttrs,
  KernelConfig,
  SliceAttrs,
  SpaceToBatchNDAttrs,
  SplitVAttrs,
  TensorInfo,
  TileAttrs,
  TransposeAttrs,
} from '@tensorflow/tfjs-core';
import { copyBox, denseStrides } from './copyBox';
import { type KernelCall, wasmKernel } from './kernel';

function sliceOf(call: KernelCall, x: TensorInfo, begin: readonly number[], size: number[]): TensorInfo {
  const out = call.make(size, x.dtype);
  const strides = denseStrides(x.shape);
  const offset = begin.reduce((sum, start, axis) => sum + start * strides[axis]!, 0);
  copyBox(
    size,
    { values: call.values(x), offset, strides },
    { values: call.values(out), offset: 0, strides: denseStrides(size) },
  );
  return out;
}

/** Output axis i is input axis perm[i]. */
function transposed(call: KernelCall, x: TensorInfo, perm: readonly number[]): TensorInfo {
  const shape = perm.map((axis) => x.shape[axis]!);
  const out = call.make(shape, x.dtype);
  const strides = denseStrides(x.shape);
  copyBox(
    shape,
    { values: call.values(x), offset: 0, strides: perm.map((axis) => strides[axis]!) },
    { values: call.values(out), offset: 0, strides: denseStrides(shape) },
  );
  return out;
}

const slice = wasmKernel<'x', SliceAttrs>('Slice', (call, { x }, { begin, size }) => {
  const [starts, sizes] = slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
  slice_util.assertParamsValid(x, starts, sizes);
  return sliceOf(call, x, starts, sizes);
});

const splitV = wasmKernel<'x', SplitVAttrs>('SplitV', (call, { x }, { numOrSizeSplits, axis }) => {
  const along = util.parseAxisParam(axis, x.shape)[0]!;
  let start = 0;
  return backend_util.prepareSplitSize(x, numOrSizeSplits, along).map((length) => {
    const begin = x.shape.map((_, i) => (i === along ? start : 0));
    start += length;
    return sliceOf(
      call,
      x,
      begin,
      x.shape.map((size, i) => (i === along ? length : size)),
    );
  });
});

const tile = wasmKernel<'x', TileAttrs>('Tile', (call, { x }, { reps }) => {
  const out = call.make(
    x.shape.map((size, axis) => size * reps[axis]!),
    x.dtype,
  );
  // Every axis becomes two, the repetitions and the values; to repeat is to stand still in the source.
  const shape = x.shape.flatMap((size, axis) => [reps[axis]!, size]);
  const strides = denseStrides(x.shape).flatMap((stride) => [0, stride]);
  copyBox(
    shape,
    { values: call.values(x), offset: 0, strides },
    { values: call.values(out), offset: 0, strides: denseStrides(shape) },
  );
  return out;
});

const spaceToBatch = wasmKernel<'x', SpaceToBatchNDAttrs>(
  'SpaceToBatchND',
  (call, { x }, { blockShape, paddings }) => {
    const product = util.sizeFromShape(blockShape);
    const rest = x.shape.slice(1 + blockShape.length).map(() => [0, 0]);
    const padded = call.run('PadV2', { x }, { paddings: [[0, 0], ...paddings, ...rest], constantValue: 0 });
    const split = backend_util.getReshaped(padded.shape, blockShape, product, false);
    const perm = backend_util.getPermuted(split.length, blockShape.length, false);
    const shape = backend_util.getReshapedPermuted(padded.shape, blockShape, product, false);
    return call.reshape(transposed(call, call.reshape(padded, split), perm), shape);
  },
);

const batchToSpace = wasmKernel<'x', BatchToSpaceNDAttrs>(
  'BatchToSpaceND',
  (call, { x }, { blockShape, crops }) => {
    const product = util.sizeFromShape(blockShape);
    const split = backend_util.getReshaped(x.shape, blockShape, product);
    const perm = backend_util.getPermuted(split.length, blockShape.length);
    const shape = backend_util.getReshapedPermuted(x.shape, blockShape, product);
    const whole = call.reshape(transposed(call, call.reshape(x, split), perm), shape);
    const begin = backend_util.getSliceBeginCoords(crops, blockShape.length);
    const size = backend_util.getSliceSize(shape, crops, blockShape.length);
    return call.run('Slice', { x: whole }, { begin, size });
  },
);

/** The package's own where it is fast, up to four axes. */
function transpose(): KernelConfig {
  const original = getKernel('Transpose', 'wasm');
  const many = wasmKernel<'x', TransposeAttrs>('Transpose', (call, { x }, { perm }) =>
    transposed(call, x, perm),
  );
  return {
    ...original,
    kernelFunc: (parameters) => {
      const axes = parameters.inputs['x']!.shape.filter((size) => size > 1).length;
      return (axes > 4 ? many : original).kernelFunc(parameters);
    },
  };
}

/** Made when called, because Transpose goes on using the kernel that it replaces. */
export function copyKernels(): KernelConfig[] {
  return [slice, splitV, tile, spaceToBatch, batchToSpace, transpose()];
}
