/** Starts the wasm backend in Node, from files on disk, with the kernels that training needs and the package lacks. */
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { registerWasmKernels } from './wasmKernels';

/**
 * Makes wasm the backend.
 * @param folder holds the three .wasm files
 * @returns version of the package
 */
export async function startWasm(folder: string): Promise<string> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = new Map(
    events.map((event) => [event, new Set<unknown>(process.listeners(event as 'exit'))]),
  );
  setWasmPaths(`${folder}/`);
  if (!(await tf.setBackend('wasm'))) throw new Error(`The wasm backend did not start from ${folder}.`);
  // Emscripten takes over the process' error events; whoever runs this process decides on those, not a library.
  for (const event of events) {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before.get(event)?.has(listener)) process.removeListener(event, listener);
    }
  }
  registerWasmKernels();
  return version_wasm;
}
