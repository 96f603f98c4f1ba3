/** Loads one backend behind tfjs-core's single engine. Only the worker, the command line and tests call this. */
// First: unbundled, the files below belong to a second copy of tfjs-core, which has to take up the engine and the classes
// of this one.
import '@tensorflow/tfjs-core';
// Kernels of tfjs-node call chained methods; the types promise them on every backend once they are imported anywhere.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { defaultThreads } from '../threads';
import { type BackendPlaces, chooseBackend } from './choose';
import type { BackendChoice, BackendName } from './names';

/** Where to look, and how much of the machine to use. */
export interface LoadOptions extends BackendPlaces {
  /** Threads of one operation; default TF_NUM_INTRAOP_THREADS, else all cores. Native TensorFlow only. */
  threads?: number;
}

/** The backend in use. */
export interface LoadedBackend {
  name: BackendName;
  /** Why this one, for a person. */
  reason: string;
  /** Version of TensorFlow (native), else of the backend's package. */
  version: string;
  threads: number;
}

/**
 * Loads the backend for a request and makes it tfjs-core's backend.
 * @throws UserError when the one that was asked for cannot be had
 */
export async function loadBackend(choice: BackendChoice, options: LoadOptions = {}): Promise<LoadedBackend> {
  const chosen = await chooseBackend(choice, options);
  const { name, reason } = chosen;
  // Imported late, so that only the backend in use costs time and memory.
  if (chosen.name === 'tensorflow') {
    const threads = options.threads ?? (Number(process.env['TF_NUM_INTRAOP_THREADS']) || defaultThreads());
    const { startTensorflow } = await import('./tensorflow');
    return { name, reason, threads, version: await startTensorflow(chosen.binding, threads) };
  }
  if (chosen.name === 'wasm') {
    const { startWasm } = await import('./wasm');
    return { name, reason, threads: 1, version: await startWasm(chosen.folder) };
  }
  const { startCpu } = await import('./cpu');
  return { name, reason, threads: 1, version: await startCpu() };
}
