/**
 * Messages between a run and the process in which a tensor library runs generated code, is timed, or writes event files;
 * checked where they arrive.
 */
import * as z from 'zod';
import type { TimedNetwork } from '../network/timedSteps';

const floats = z.custom<Float32Array>((value) => value instanceof Float32Array, 'Expected 32-bit floats.');
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'Expected bytes.');

/** Made by this project's own build, and large: only its presence is checked. */
const network = z.custom<TimedNetwork>(
  (value) => typeof value === 'object' && value !== null && 'plan' in value,
);

/** Of the library. */
const library = {
  threads: z.number().int().min(1),
  /** Where native TensorFlow was set up, if anywhere but the default place. */
  nativeFolder: z.string().optional(),
};

/**
 * Run → process, each when the one before is answered: first one `build`, then batches; or first one `load`, then steps; or
 * first one `summaries`, then points.
 */
export const proofRequestSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('build'),
    /** The generated TypeScript. */
    code: z.string(),
    /** The file that the code loads its weights from. */
    weights: bytes,
    ...library,
  }),
  z.object({
    type: z.literal('predict'),
    images: floats,
    shape: z.tuple([z.number(), z.number(), z.number(), z.number()]).readonly(),
  }),
  z.object({ type: z.literal('load'), network, ...library }),
  z.object({ type: z.literal('step') }),
  z.object({
    type: z.literal('summaries'),
    /** Where TensorBoard's event file is made. */
    folder: z.string(),
    ...library,
  }),
  z.object({
    type: z.literal('write'),
    points: z.array(z.object({ tag: z.string(), value: z.number(), step: z.number().int() })),
  }),
]);
export type ProofRequest = z.infer<typeof proofRequestSchema>;

/** Process → run. */
export const proofAnswerSchema = z.discriminatedUnion('type', [
  /** The code is compiled and has its weights, or the network or the event file is there. */
  z.object({ type: z.literal('ready'), engine: z.string(), version: z.string() }),
  /** All points are in the file. */
  z.object({ type: z.literal('written') }),
  /** [images, classes] */
  z.object({ type: z.literal('logits'), logits: floats }),
  /** Of one step. */
  z.object({ type: z.literal('timed'), milliseconds: z.number() }),
  z.object({
    type: z.literal('failed'),
    /** Whether it is the code that fails, or the library that it needs. */
    of: z.enum(['code', 'library']),
    message: z.string(),
    /** For the log, not for the person. */
    stack: z.string().optional(),
  }),
]);
export type ProofAnswer = z.infer<typeof proofAnswerSchema>;
