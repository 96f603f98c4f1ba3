/** Runs single kernels on the wasm and the cpu backend and compares them. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';
import { registerCpuKernels } from '../../../src/backend/cpuKernels';
import { startWasm } from '../../../src/backend/wasm';

/** Both backends for the tests of a suite; a kernel that leaves data behind throws. */
export function useKernels(): void {
  before(async () => {
    await startWasm(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')));
    registerCpuKernels();
    tf.env().set('IS_TEST', true);
  });
  after(() => tf.env().set('IS_TEST', false));
}

export type Inputs = Record<string, { shape: number[]; values?: number[]; dtype?: tf.DataType }>;
export type Attributes = Record<string, unknown>;

let draws = 1;
export function normal(count: number): Float32Array {
  return Float32Array.from(tf.tidy(() => tf.randomNormal([count], 0, 1, 'float32', draws++).dataSync()));
}

/** Runs a kernel on one backend and returns its results; inputs without values are drawn once for both backends. */
export async function run(
  backend: string,
  kernel: string,
  inputs: Inputs,
  attributes: Attributes,
): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  return tf.tidy(() => {
    const tensors = Object.entries(inputs).map(([name, { values, shape, dtype }]) => {
      return [name, tf.tensor(values!, shape, dtype ?? 'float32')] as const;
    });
    const out = tf.engine().runKernel(kernel, Object.fromEntries(tensors), attributes as tf.NamedAttrMap);
    return (Array.isArray(out) ? out : [out]).map((result: tf.Tensor) => {
      assert.equal(tf.util.sizeFromShape(result.shape), result.dataSync().length);
      return Float32Array.from(result.dataSync());
    });
  });
}

export function assertClose(got: ArrayLike<number>, want: ArrayLike<number>, message: string): void {
  assert.equal(got.length, want.length, message);
  const scale = Math.max(1e-6, ...Array.from(want, Math.abs));
  const worst = Math.max(0, ...Array.from(got, (value, i) => Math.abs(value - want[i]!)));
  assert.ok(worst / scale < 1e-4, `${message}: off by ${worst} where values reach ${scale}`);
}

export async function assertAgrees(kernel: string, inputs: Inputs, attributes: Attributes): Promise<void> {
  for (const input of Object.values(inputs)) input.values ??= [...normal(tf.util.sizeFromShape(input.shape))];
  const [got, want] = [
    await run('wasm', kernel, inputs, attributes),
    await run('cpu', kernel, inputs, attributes),
  ];
  const shapes = Object.values(inputs).map(({ shape }) => `[${shape.join()}]`);
  assert.equal(got.length, want.length);
  got.forEach((values, i) => {
    assertClose(values, want[i]!, `${kernel} ${shapes.join(' ')} ${JSON.stringify(attributes)}`);
  });
}
