/** Starts the plain JavaScript backend: slow, complete, and everywhere. */
import * as tf from '@tensorflow/tfjs-core';
import { version_cpu } from '@tensorflow/tfjs-backend-cpu';
import { registerCpuKernels } from './cpuKernels';

/** Makes cpu the backend and returns the version of its package. */
export async function startCpu(): Promise<string> {
  // Without it the backend prints an advertisement for tfjs-node on its first use.
  tf.enableProdMode();
  registerCpuKernels();
  await tf.setBackend('cpu');
  return version_cpu;
}
