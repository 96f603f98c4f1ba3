/**
 * Stands in for `@tensorflow/tfjs` in the bundles, for the one who imports it: the kernels of tfjs-node. They need tfjs-core
 * alone, and a base class that can be called without `new`, since they were compiled to ES5.
 */
import { KernelBackend as Base } from '@tensorflow/tfjs-core';

export * from '@tensorflow/tfjs-core';

/** tfjs-core's base class of backends in ES5 form; its constructor does nothing. */
export function KernelBackend(): void {}
KernelBackend.prototype = Base.prototype;
