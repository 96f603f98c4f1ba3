/**
 * What a kernel of this folder is made of: other kernels of the wasm backend, and loops over the floats on its heap.
 * Intermediate results are freed when the kernel returns.
 */
import { getKernel, util } from '@tensorflow/tfjs-core';
import type {
  DataType,
  KernelConfig,
  KernelFunc,
  NamedAttrMap,
  NamedTensorInfoMap,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** A call of a kernel: makes its outputs and runs other kernels. */
export class KernelCall {
  private readonly intermediates: TensorInfo[] = [];

  constructor(private readonly backend: BackendWasm) {}

  /** Runs another registered kernel; its result is freed unless it is what this kernel returns. */
  run(kernelName: string, inputs: NamedTensorInfoMap, attrs: object = {}): TensorInfo {
    const kernel = getKernel(kernelName, 'wasm');
    if (!kernel) throw new Error(`The wasm backend has no kernel "${kernelName}".`);
    return this.runFunction(kernel.kernelFunc, inputs, attrs);
  }

  runFunction(kernelFunc: KernelFunc, inputs: NamedTensorInfoMap, attrs: object): TensorInfo {
    const result = kernelFunc({ inputs, backend: this.backend, attrs: attrs as NamedAttrMap });
    if (Array.isArray(result))
      throw new Error('A kernel with several results cannot be an intermediate step.');
    this.intermediates.push(result);
    return result;
  }

  reshape(x: TensorInfo, shape: number[]): TensorInfo {
    return this.run('Reshape', { x }, { shape });
  }

  /** A new tensor whose values are whatever was in memory: every one of them is to be written. */
  make(shape: number[], dtype: DataType = 'float32'): TensorInfo {
    const made = this.backend.makeOutput(shape, dtype);
    this.intermediates.push(made);
    return made;
  }

  zeros(shape: number[]): TensorInfo {
    const made = this.make(shape);
    this.floats(made).fill(0);
    return made;
  }

  /** The values of a tensor, in place. Making another tensor may move the heap: make all of them first. */
  values(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array {
    return this.backend.typedArrayFromHeap(tensor);
  }

  floats(tensor: TensorInfo): Float32Array {
    util.assert(tensor.dtype === 'float32', () => `Expected a float32 tensor, got ${tensor.dtype}.`);
    return this.values(tensor) as Float32Array;
  }

  /** Frees everything but the results. */
  end(results: readonly TensorInfo[]): void {
    for (const tensor of this.intermediates) {
      if (!results.includes(tensor)) this.backend.disposeData(tensor.dataId);
    }
  }
}

/**
 * Wraps a function as a kernel of the wasm backend.
 * @param compute must return tensors that it made, never one of its inputs
 */
export function wasmKernel<InputName extends string, Attributes>(
  kernelName: string,
  compute: (
    call: KernelCall,
    inputs: Record<InputName, TensorInfo>,
    attributes: Attributes,
  ) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const call = new KernelCall(backend as BackendWasm);
      let results: TensorInfo[] = [];
      try {
        const computed = compute(call, inputs as Record<InputName, TensorInfo>, attrs as Attributes);
        results = Array.isArray(computed) ? computed : [computed];
        return computed;
      } finally {
        call.end(results);
      }
    },
  };
}
