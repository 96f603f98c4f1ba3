/** UnsortedSegmentSum, the gradient of gather: rows of x added up by the segment that each belongs to. */
import { util } from '@tensorflow/tfjs-core';
import type { KernelConfig, UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import { wasmKernel } from './kernel';

const unsortedSegmentSum = wasmKernel<'x' | 'segmentIds', UnsortedSegmentSumAttrs>(
  'UnsortedSegmentSum',
  (call, { x, segmentIds }, { numSegments }) => {
    const inner = x.shape.slice(segmentIds.shape.length);
    const width = util.sizeFromShape(inner);
    const sums = call.zeros([numSegments, ...inner]);
    const target = call.floats(sums);
    const source = call.floats(x);
    call.values(segmentIds).forEach((segment: number, row: number) => {
      if (segment < 0) return;
      for (let i = 0; i < width; i++) target[segment * width + i]! += source[row * width + i]!;
    });
    return sums;
  },
);

export const segmentKernels: readonly KernelConfig[] = [unsortedSegmentSum];
