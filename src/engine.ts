/** The names of what computes networks, as configs, commands and checkpoints write them, each with its sentence. */

/** What a person can ask for. */
export const engineChoices = [
  {
    name: 'auto',
    description:
      'The fused engine; native TensorFlow where it is set up and a race of a few steps, which runs of minutes begin with, shows it to be faster; the reference where the fused engine has no kernels.',
  },
  {
    name: 'fused',
    description: 'Kernels of this project’s own, in WebAssembly, on all threads. Nothing to set up.',
  },
  { name: 'tensorflow', description: 'The reference formula, layer by layer, on native TensorFlow.' },
  { name: 'wasm', description: 'The reference formula, layer by layer, on TensorFlow.js in WebAssembly.' },
  {
    name: 'cpu',
    description: 'The reference formula, layer by layer, on TensorFlow.js in plain JavaScript: slow.',
  },
] as const;

export type EngineChoice = (typeof engineChoices)[number]['name'];
/** What can have computed a network. */
export type EngineName = Exclude<EngineChoice, 'auto'>;
export const engineNames = engineChoices.map(({ name }) => name).filter((name) => name !== 'auto');

/**
 * What computes, for a person: `fused engine 0.1.0, WebAssembly SIMD with fused multiply–add, 2 threads`.
 * @param what name, version, and the kind of machine code
 */
export function describeEngine(what: string, threads: number): string {
  return `${what}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
