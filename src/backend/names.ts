/** The names of the tensor backends. No tensor library is imported here, so every room may use them. */

/** A backend that can run kernels: native TensorFlow, WebAssembly, plain JavaScript. */
export type BackendName = 'tensorflow' | 'wasm' | 'cpu';

/** What a person can ask for; `auto` takes the fastest that works on this machine. */
export type BackendChoice = 'auto' | BackendName;

/** From fastest to slowest: the order in which `auto` tries them. */
export const backendNames: readonly BackendName[] = ['tensorflow', 'wasm', 'cpu'];

/** What wasm costs against native TensorFlow, in the words shown to a person; measured on two cores. */
export const wasmCost =
  'Searches are as fast either way, since networks are computed by kernels of their own on all threads; only the reference engine takes two to five times as long.';
