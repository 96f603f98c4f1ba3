/**
 * BatchMatMul in terms of the package's own for one pair of matrices that are not transposed, the only case that runs
 * on XNNPACK there. Transposing first makes the products of gradients about four times faster.
 */
import { type BatchMatMulAttrs, broadcast_util, getKernel, util } from '@tensorflow/tfjs-core';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelCall, wasmKernel } from './kernel';

/**
 * Shape with which the data of a right-hand matrix was first multiplied. The package keeps a packed copy of it by the
 * identity of its data alone: a second product with a reshaped view of the same data aborts the process.
 */
const packedShapes = new WeakMap<object, string>();

function withOwnPacking(call: KernelCall, b: TensorInfo): TensorInfo {
  const shape = b.shape.slice(-2).join('×');
  const packed = packedShapes.get(b.dataId);
  if (packed === undefined) packedShapes.set(b.dataId, shape);
  if (packed === undefined || packed === shape) return b;
  const copy = call.make(b.shape);
  call.floats(copy).set(call.floats(b));
  return copy;
}

function plain(call: KernelCall, x: TensorInfo, transposed: boolean): TensorInfo {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const matrix = call.reshape(x, [rows, columns]);
  return transposed ? call.run('Transpose', { x: matrix }, { perm: [1, 0] }) : matrix;
}

/** Which matrix of an operand takes part in product `i` of a batch that both operands are broadcast to. */
function operandIndex(batch: readonly number[], broadcast: readonly number[], i: number): number {
  let [index, stride, rest] = [0, 1, i];
  for (let axis = 1; axis <= batch.length; axis++) {
    const size = batch.at(-axis)!;
    const position = rest % broadcast.at(-axis)!;
    rest = Math.floor(rest / broadcast.at(-axis)!);
    if (size > 1) index += position * stride;
    stride *= size;
  }
  return index;
}

/** @param original the package's kernel, wrong for batches that need broadcasting */
function batchMatMul(original: KernelConfig): KernelConfig {
  const kernel = wasmKernel<'a' | 'b', BatchMatMulAttrs>(
    'BatchMatMul',
    (call, { a, b }, { transposeA, transposeB }) => {
      const multiply = (left: TensorInfo, right: TensorInfo): TensorInfo => {
        const inputs = {
          a: plain(call, left, transposeA),
          b: withOwnPacking(call, plain(call, right, transposeB)),
        };
        return call.runFunction(original.kernelFunc, inputs, { transposeA: false, transposeB: false });
      };
      const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
      const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
      const count = util.sizeFromShape(batch);
      const shape = [...batch, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!];
      if (count === 1) return call.reshape(multiply(a, b), shape);

      const matrix = (x: TensorInfo, index: number): TensorInfo => {
        const [rows, columns] = x.shape.slice(-2) as [number, number];
        const matrices = call.reshape(x, [util.sizeFromShape(x.shape) / (rows * columns), rows, columns]);
        return call.run('Slice', { x: matrices }, { begin: [index, 0, 0], size: [1, rows, columns] });
      };
      const products = Array.from({ length: count }, (_, i) =>
        multiply(matrix(a, operandIndex(batchA, batch, i)), matrix(b, operandIndex(batchB, batch, i))),
      );
      const all = call.make(shape);
      const values = call.floats(all);
      products.forEach((product, i) => values.set(call.floats(product), (i * values.length) / count));
      return all;
    },
  );
  return { ...original, kernelFunc: kernel.kernelFunc };
}

/** Made when called, because they go on using the kernel that they replace. */
export function matMulKernels(): KernelConfig[] {
  return [batchMatMul(getKernel('BatchMatMul', 'wasm'))];
}
