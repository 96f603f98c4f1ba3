/** All kernels: the functions that the instructions of `src/network/fused/machine/signatures.ts` name. */
export * from './batchNorm';
export * from './classifier';
export * from './depthwise';
export * from './elementwise';
export * from './layout';
export * from './pairs';
export * from './pointwise';
export * from './pools';
export * from './weights';
