/** AvgPoolGrad for the cpu backend, whose own divides by the whole window at padded borders. */
import { backend_util, getKernel, registerKernel, unregisterKernel, util } from '@tensorflow/tfjs-core';
import type { AvgPoolGradAttrs, KernelConfig, NamedAttrMap } from '@tensorflow/tfjs-core';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { averagePoolShares } from './poolGradients';

const avgPoolGrad: KernelConfig = {
  kernelName: 'AvgPoolGrad',
  backendName: 'cpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { filterSize, strides, pad } = attrs as unknown as AvgPoolGradAttrs;
    const cpu = backend as MathBackendCPU;
    const inputShape = inputs['input']!.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(inputShape, filterSize, strides, 1, pad);
    // A sum over a window is a depthwise convolution with ones.
    const shares = new Float32Array(util.sizeFromShape(info.outShape));
    averagePoolShares(cpu.readSync(inputs['dy']!.dataId) as Float32Array, shares, info);
    const filterShape = [info.filterHeight, info.filterWidth, info.inChannels, 1];
    const ones = new Float32Array(util.sizeFromShape(filterShape)).fill(1);
    const dy = cpu.makeTensorInfo(info.outShape, 'float32', shares);
    const filter = cpu.makeTensorInfo(filterShape, 'float32', ones);
    const dx = getKernel('DepthwiseConv2dNativeBackpropInput', 'cpu').kernelFunc({
      inputs: { dy, filter },
      backend,
      attrs: {
        strides: [info.strideHeight, info.strideWidth],
        dilations: [1, 1],
        pad: pad as NamedAttrMap[string],
        inputShape,
      },
    });
    cpu.disposeIntermediateTensorInfo(dy);
    cpu.disposeIntermediateTensorInfo(filter);
    return dx;
  },
};

/**
 * Replaces the kernel. To be called once the cpu backend's package is imported.
 * @throws Error when it is not
 */
export function registerCpuKernels(): void {
  if (!getKernel('AvgPoolGrad', 'cpu'))
    throw new Error('Import the cpu backend before adding kernels to it.');
  unregisterKernel('AvgPoolGrad', 'cpu');
  registerKernel(avgPoolGrad);
}
