/**
 * Puts the native binding behind tfjs-core. The package's own entry file is not used: it loads its own fixed binding and the
 * whole of `@tensorflow/tfjs`, while its kernels need nothing but tfjs-core.
 */
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import '@tensorflow/tfjs-node/dist/register_all_kernels';
import type { TFJSBinding } from '@tensorflow/tfjs-node/dist/tfjs_binding';
import { restoreUtilFunctions } from './nodeUtil';

/**
 * Loads the binding and makes it the backend.
 * @param bindingPath absolute path of tfjs_binding.node
 * @param threads of one operation
 * @returns TensorFlow's version
 */
export async function startTensorflow(bindingPath: string, threads: number): Promise<string> {
  restoreUtilFunctions();
  // The library reads these once, while it is loaded.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] = String(threads);
  const binding = createRequire(__filename)(bindingPath) as TFJSBinding;
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node'), 3);
  if (!(await tf.setBackend('tensorflow'))) throw new Error(`TensorFlow did not start from ${bindingPath}.`);
  return binding.TF_Version;
}
