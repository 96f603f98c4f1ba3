/** Messages between the host (extension or command line) and the worker process, versioned, checked at both ends. */
import * as z from 'zod';
import { phases, runEventSchema } from './events';

/** Raised whenever a message changes in a way that an older peer would misread. */
export const workerProtocolVersion = 1;

/** Where a run stands right now. Depends on the clock and the machine, so it is shown but never logged. */
export const telemetrySchema = z.object({
  state: z.enum(['loading', 'running', 'paused', 'stopping']),
  /** What it is doing, e.g. "loading mnist". */
  activity: z.string(),
  phase: z.enum(phases).optional(),
  /** Searches that judge architectures one by one: how many at most, and which one now, from 0, once they are prepared. */
  trials: z.number().optional(),
  trial: z.number().optional(),
  epoch: z.number(),
  epochs: z.number(),
  step: z.number(),
  steps: z.number(),
  /** Share of the whole job done, 0 … 1. */
  progress: z.number(),
  /** Seconds left for the whole job; undefined until it can be said. */
  etaSeconds: z.number().optional(),
  /** Median duration of the last steps, milliseconds. */
  stepMs: z.number().optional(),
  /** What computes, with version, instructions and threads. */
  engine: z.string().optional(),
  /** Resident memory of the process, bytes. */
  residentBytes: z.number(),
  /** The part that the engine holds for the network, bytes; undefined where the engine does not know. */
  engineBytes: z.number().optional(),
});
export type Telemetry = z.infer<typeof telemetrySchema>;

/** Host → worker. */
export const workerCommandSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    version: z.literal(workerProtocolVersion),
    /** Folder of a prepared run: holds `config.json`, and a checkpoint when it is resumed. */
    runFolder: z.string(),
    resume: z.boolean(),
    threads: z.number().int().min(1).optional(),
    /** Where the native TensorFlow was set up, if anywhere but the default place. */
    nativeFolder: z.string().optional(),
    /** Data packed into the extension. */
    packedDataFolder: z.string().optional(),
    /** Why the run goes on, where nobody asked for it. */
    because: z.string().optional(),
  }),
  z.object({ type: z.literal('pause') }),
  z.object({ type: z.literal('resume') }),
  z.object({ type: z.literal('stop') }),
]);
export type WorkerCommand = z.infer<typeof workerCommandSchema>;

/** Worker → host. */
export const workerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.number(), pid: z.number() }),
  z.object({ type: z.literal('event'), event: runEventSchema }),
  z.object({ type: z.literal('telemetry'), telemetry: telemetrySchema }),
  z.object({ type: z.literal('done'), outcome: z.enum(['finished', 'stopped']) }),
  z.object({
    type: z.literal('failed'),
    message: z.string(),
    hint: z.string().optional(),
    /** For the log, not for the person. */
    stack: z.string().optional(),
  }),
]);
export type WorkerMessage = z.infer<typeof workerMessageSchema>;
