/**
 * Events of a run: what `events.jsonl` holds, what the worker sends, and what a view is drawn from, telemetry aside, which
 * is never logged. Nothing in them depends on the clock but `time` and, with `engine: auto`,
 * the notice of the race: two runs with one seed and a fixed engine write the same events.
 */
import * as z from 'zod';
import { scoreNames, type ScoreName } from '../scores';
import { genotypeSchema } from '../space/genotype';
import { proofSchema } from './proof';
import { testReportSchema } from './testReport';

const matrix = z.array(z.array(z.number()));

/**
 * What a run is doing: searching, training the found network, checking its generated code, or training randomly drawn
 * networks for comparison.
 */
export const phases = ['search', 'final', 'proof', 'baseline'] as const;
export type Phase = (typeof phases)[number];
const phase = z.enum(phases);

/** A score by its name. */
const scoreValue = {
  name: z.enum(scoreNames),
  /** Larger is better: log-loss has its sign turned. */
  value: z.number(),
};
export type ScoreValue = { readonly name: ScoreName; readonly value: number };

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
  /** What computed, with version, instructions and threads. */
  engine: z.string(),
  seed: z.number(),
  /** What is asked for where it is no search: a given architecture is trained, and what is said of searches has no meaning. */
  task: z.literal('training').optional(),
  strategy: z.string(),
  data: z.string(),
  space: z.object({
    type: z.string(),
    /** Number of genotypes, a decimal integer. */
    size: z.string(),
    /** Spaces with a supernet, empty in others: columns and rows of α. Node 0 is the first that is no input of the cell. */
    operations: z.array(z.string()),
    edges: z.array(z.object({ node: z.number(), from: z.number() })),
    /** Outputs of earlier cells that a cell reads; 0 where there are no cells. */
    inputs: z.number(),
    /** Most incoming edges that each node of a found cell keeps, all of them in NAS-Bench-201; 0 where there are no cells. */
    inputsPerNode: z.number(),
  }),
  /** Why the search goes on as it does: `darts`, `random`, … and, for sampling strategies, the estimator. */
  estimator: z.string().optional(),
  /** Architectures to be judged; 0 in gradient searches. */
  trials: z.number(),
  /** Epochs of the search and steps (batches) in each. */
  epochs: z.number(),
  stepsPerEpoch: z.number(),
  warmupEpochs: z.number(),
  /** Images that train w, train α, and are kept from the search. */
  images: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  /** Classes of the data, and the share of the test split that the most frequent one has. */
  classes: z.object({ count: z.number(), largestShare: z.number() }),
  /** What networks are judged by; accuracy where it is left out. */
  score: z
    .object({
      name: z.enum(scoreNames),
      /** On the test split, of a network that does not look at images. */
      blind: z.number(),
    })
    .optional(),
  /** Of searches that train one. */
  supernet: z.object({ parameters: z.number(), flops: z.number(), alphas: z.number() }).optional(),
});

/** A run goes on from its checkpoint: events after `keep` are superseded by those that follow. */
const resumedEvent = z.object({
  ...stamp,
  type: z.literal('resumed'),
  keep: z.number(),
  /** What computed, with version, instructions and threads. */
  engine: z.string(),
});

const phaseEvent = z.object({
  ...stamp,
  type: z.literal('phase'),
  phase,
  /** Which of the networks of this phase, from 0. */
  index: z.number(),
  of: z.number(),
  /** Searches that judge architectures one by one: how many at most. Each counts as an epoch. */
  trials: z.number().optional(),
  epochs: z.number(),
  stepsPerEpoch: z.number(),
});

const stepEvent = z.object({
  ...stamp,
  type: z.literal('step'),
  phase,
  index: z.number(),
  /** In sampling searches: the trial whose network is trained; absent while shared weights are. */
  trial: z.number().optional(),
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
  /** Expected cost under the softmax, 1 where α is undecided; only of searches with a penalty on it. */
  expectedCost: z.number().optional(),
});

/** α as it stands (before the softmax): rows are edges, columns operations. */
const alphaEvent = z.object({
  ...stamp,
  type: z.literal('alpha'),
  epoch: z.number(),
  step: z.number(),
  normal: matrix,
  reduction: matrix,
  /** β of every edge (before the softmax over the edges into a node), where edges have one (PC-DARTS). */
  betas: z.object({ normal: z.array(z.number()), reduction: z.array(z.number()) }).optional(),
});

/** End of an epoch: means over it, and validation over the whole validation split. */
const epochEvent = z.object({
  ...stamp,
  type: z.literal('epoch'),
  phase,
  index: z.number(),
  trial: z.number().optional(),
  epoch: z.number(),
  loss: z.number(),
  accuracy: z.number(),
  validationLoss: z.number().optional(),
  validationAccuracy: z.number().optional(),
  /** Left out where it is the accuracy. */
  validationScore: z.object(scoreValue).optional(),
});

/** The best so far: what α stands for at the end of an epoch, or the best trial. */
const genotypeEvent = z.object({
  ...stamp,
  type: z.literal('genotype'),
  epoch: z.number(),
  /** Trial that it is, in sampling searches. */
  trial: z.number().optional(),
  genotype: genotypeSchema,
});

/** Costs of an architecture by name, in the order in which they are offered. */
export const costNames = ['parameters', 'flops', 'memoryMiB', 'latencyMs'] as const;
export type CostName = (typeof costNames)[number];

const costs = z.object({
  parameters: z.number(),
  flops: z.number(),
  memoryMiB: z.number(),
  latencyMs: z.number().optional(),
});

/** An architecture that a sampling strategy proposed, judged. */
const trialEvent = z.object({
  ...stamp,
  type: z.literal('trial'),
  index: z.number(),
  genotype: genotypeSchema,
  /** The architecture in one line. */
  text: z.string(),
  parents: z.array(z.number()),
  /** How it was made, e.g. the name of a mutation. */
  by: z.string().optional(),
  status: z.enum(['done', 'failed', 'rejected']),
  /** Larger is better; absent unless `done`. */
  score: z.number().optional(),
  metrics: z.record(z.string(), z.number()).optional(),
  costs,
  /** Why it failed or was rejected. */
  message: z.string().optional(),
});

/** What a strategy or estimator thinks after a trial: series for charts, e.g. `entropy`, `baseline`, `spearman`. */
const reportEvent = z.object({
  ...stamp,
  type: z.literal('report'),
  source: z.enum(['strategy', 'estimator']),
  trial: z.number(),
  values: z.record(z.string(), z.number()),
});

/** Skip connections of the normal cell that α stands for, and whether the collapse guard finds that too many. */
const collapseEvent = z.object({
  ...stamp,
  type: z.literal('collapse'),
  epoch: z.number(),
  skips: z.number(),
  /** Most that the rule allows. */
  allowed: z.number(),
  /** Dominant eigenvalue of ∇²α L_val, when it was measured. */
  eigenvalue: z.number().optional(),
  /** The rule that spoke up. */
  rule: z.enum(['skips', 'eigenvalue']).optional(),
  /** The search ends here, with the genotype of epoch `keep`. */
  stopped: z.boolean(),
  keep: z.number(),
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
  /** With its standard error from the choice of test images; left out where it is the accuracy. */
  testScore: z.object({ ...scoreValue, error: z.number() }).optional(),
  /** Of the found network: what it took the test images for. */
  report: testReportSchema.optional(),
});

/** Whether the code that is generated for the found network is the network that was judged. */
const proofEvent = z.object({ ...stamp, type: z.literal('proof'), proof: proofSchema });

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
  /** Left out where it is the accuracy. */
  testScore: z.object(scoreValue).optional(),
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
  trialEvent,
  reportEvent,
  collapseEvent,
  networkEvent,
  proofEvent,
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

/** What the networks of a run are judged by; accuracy before its first event. */
export function scoreNameOf(run: RunEventOf<'run'> | undefined): ScoreName {
  return run?.score?.name ?? 'accuracy';
}

/** A network's score on the test split; larger is better. */
export function testScoreOf({
  testScore,
  testAccuracy,
}: Pick<RunEventOf<'network'>, 'testScore' | 'testAccuracy'>): number {
  return testScore?.value ?? testAccuracy;
}
