/**
 * Events of a run: what `events.jsonl` holds, what the worker sends, and all that a view is drawn from. They carry
 * nothing that depends on the clock but `time`, so two runs with one seed write the same events.
 */
import * as z from 'zod';
import { genotypeSchema } from '../space/genotype';

const matrix = z.array(z.array(z.number()));

/** What a run is doing: searching, training the found network, or training randomly drawn ones for comparison. */
export const phases = ['search', 'final', 'baseline'] as const;
export type Phase = (typeof phases)[number];
const phase = z.enum(phases);

const stamp = {
  /** Position in the log, from 0. */
  seq: z.number().int().min(0),
  /** Milliseconds since 1970. The one field that differs between two runs with one seed. */
  time: z.number(),
};

/** First event of every run: what is searched and how large it is. */
const runEvent = z.object({
  ...stamp,
  type: z.literal('run'),
  runId: z.string(),
  name: z.string(),
  tool: z.string(),
  backend: z.string(),
  seed: z.number(),
  strategy: z.string(),
  data: z.string(),
  space: z.object({
    operations: z.array(z.string()),
    nodes: z.number(),
    inputsPerNode: z.number(),
    /** Number of genotypes, a decimal integer. */
    size: z.string(),
  }),
  /** Epochs of the search and steps (batches) in each. */
  epochs: z.number(),
  stepsPerEpoch: z.number(),
  warmupEpochs: z.number(),
  /** Images that train w, train α, and are kept from the search. */
  images: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  supernet: z.object({ parameters: z.number(), flops: z.number(), alphas: z.number() }),
});

/** A run goes on from its checkpoint: events after `keep` are superseded by those that follow. */
const resumedEvent = z.object({
  ...stamp,
  type: z.literal('resumed'),
  keep: z.number(),
  backend: z.string(),
});

const phaseEvent = z.object({
  ...stamp,
  type: z.literal('phase'),
  phase,
  /** Which of the networks of this phase, from 0. */
  index: z.number(),
  of: z.number(),
  epochs: z.number(),
  stepsPerEpoch: z.number(),
});

const stepEvent = z.object({
  ...stamp,
  type: z.literal('step'),
  phase,
  index: z.number(),
  epoch: z.number(),
  /** Steps done in this phase. */
  step: z.number(),
  /** Cross-entropy of the batch on the w split, before the step. */
  loss: z.number(),
  /** Share of the batch classified right, 0 … 1. */
  accuracy: z.number(),
  learningRate: z.number(),
  /** Cross-entropy of the batch on the α split; absent while warming up and outside the search. */
  validationLoss: z.number().optional(),
});

/** α as it stands (before the softmax): rows are edges, columns operations. */
const alphaEvent = z.object({
  ...stamp,
  type: z.literal('alpha'),
  epoch: z.number(),
  step: z.number(),
  normal: matrix,
  reduction: matrix,
});

/** End of an epoch: means over it, and validation over the whole validation split. */
const epochEvent = z.object({
  ...stamp,
  type: z.literal('epoch'),
  phase,
  index: z.number(),
  epoch: z.number(),
  loss: z.number(),
  accuracy: z.number(),
  validationLoss: z.number().optional(),
  validationAccuracy: z.number().optional(),
});

/** What α stands for at the end of an epoch. */
const genotypeEvent = z.object({
  ...stamp,
  type: z.literal('genotype'),
  epoch: z.number(),
  genotype: genotypeSchema,
});

/** A network trained to its end and judged on the test split. */
const networkEvent = z.object({
  ...stamp,
  type: z.literal('network'),
  phase: z.enum(['final', 'baseline']),
  index: z.number(),
  genotype: genotypeSchema,
  parameters: z.number(),
  flops: z.number(),
  testLoss: z.number(),
  testAccuracy: z.number(),
});

const noticeEvent = z.object({
  ...stamp,
  type: z.literal('notice'),
  level: z.enum(['info', 'warning']),
  message: z.string(),
});

/** The person or a signal ended the run; its checkpoint allows to resume it. */
const stoppedEvent = z.object({ ...stamp, type: z.literal('stopped') });

const failedEvent = z.object({
  ...stamp,
  type: z.literal('failed'),
  message: z.string(),
  hint: z.string().optional(),
});

const finishedEvent = z.object({
  ...stamp,
  type: z.literal('finished'),
  genotype: genotypeSchema,
  /** Of the found network; absent when the config asks for no final training. */
  testAccuracy: z.number().optional(),
  parameters: z.number(),
  flops: z.number(),
});

export const runEventSchema = z.discriminatedUnion('type', [
  runEvent,
  resumedEvent,
  phaseEvent,
  stepEvent,
  alphaEvent,
  epochEvent,
  genotypeEvent,
  networkEvent,
  noticeEvent,
  stoppedEvent,
  failedEvent,
  finishedEvent,
]);

export type RunEvent = z.infer<typeof runEventSchema>;
export type RunEventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

type WithoutStamp<E> = E extends RunEvent ? Omit<E, 'seq' | 'time'> : never;
/** An event before the log gives it its place and time. */
export type RunEventBody = WithoutStamp<RunEvent>;
