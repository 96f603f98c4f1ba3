/**
 * What training needs of the wasm backend and its package (4.22) lacks, computes wrongly, or is slow at. Each file
 * says which of these applies.
 */
import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { convolutionKernels } from './convolution';
import { copyKernels } from './copies';
import { depthwiseKernels } from './depthwise';
import { matMulKernels } from './matMul';
import { poolingKernels } from './pooling';
import { segmentKernels } from './segmentSum';

let registered = false;

/**
 * Registers the kernels, replacing those that the package brings. Further calls do nothing.
 * @throws Error when the wasm backend's package was not imported before
 */
export function registerWasmKernels(): void {
  if (registered) return;
  if (!getKernel('Conv2D', 'wasm')) throw new Error('Import the wasm backend before adding kernels to it.');
  const kernels = [
    ...convolutionKernels,
    ...depthwiseKernels,
    ...poolingKernels,
    ...segmentKernels,
    ...copyKernels(),
    ...matMulKernels(),
  ];
  for (const kernel of kernels) {
    if (getKernel(kernel.kernelName, 'wasm')) unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(kernel);
  }
  registered = true;
}
