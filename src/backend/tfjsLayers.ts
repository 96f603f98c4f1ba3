/** What `@tensorflow/tfjs` is to generated code: the single tfjs-core, and layers on it. */
export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';
