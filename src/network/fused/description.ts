/** What the fused engine says of itself. */
import { describeEngine } from '../../engine';
import { toolVersion } from '../../version';
import { hasFusedMultiplyAdd } from './machine/machine';

export function describeFused(threads: number): string {
  const kernels = `WebAssembly SIMD ${hasFusedMultiplyAdd() ? 'with' : 'without'} fused multiply–add`;
  return describeEngine(`fused engine ${toolVersion}, ${kernels}`, threads);
}
