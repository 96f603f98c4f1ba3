/** What a job writes into its checkpoints, and when: after every step as long as that costs little, else less often. */
import * as z from 'zod';
import { UserError } from '../errors';
import { engineNames } from '../engine';
import type { RunEvent } from '../protocol/events';
import { effectiveEvents } from '../protocol/runState';
import { damagedState, requireState, type Snapshot } from '../snapshot';
import type { CheckpointStore } from '../runs/checkpoint';
import { genotypeSchema } from '../space/genotype';
import type { Part } from './plan';

/** What a checkpoint says beside the state of the part under way, which that checks itself. */
const jobState = z.object({
  /** Place of the part under way. */
  part: z.number().int().min(0),
  /** Last event that the checkpoint covers. */
  seq: z.number().int().min(0),
  /** How many events the log has up to there, of each kind that the rest of the run or its result depends on. */
  covers: z.record(z.string(), z.number().int().min(0)),
  /** Where the bar stood, 0 … 1. */
  progress: z.number().min(0),
  /** What computed: it goes on computing. */
  engine: z.enum(engineNames),
  /** Of the images that it works on, see `JobData.content`. */
  data: z.string(),
  /** What the search has found, once it has ended. */
  genotype: genotypeSchema.optional(),
  process: z.unknown(),
});
export type JobState = Readonly<z.output<typeof jobState>>;

/**
 * What a checkpoint says of a job.
 * @param parts of the job
 * @throws UserError with code `checkpoint-damaged` where it is not of such a job
 */
export function requireJobState(meta: unknown, parts: readonly Part[]): JobState {
  const what = 'the run';
  const state = requireState(jobState, meta, what);
  const part = parts[state.part];
  if (!part) throw damagedState(what, `it is in part ${state.part + 1} of ${parts.length}`);
  if (part.phase !== 'search' && !state.genotype) {
    throw damagedState(what, 'the genotype that the search has found is missing');
  }
  return state;
}

/**
 * Why a run cannot go on from a checkpoint with the events that are in its log, a sentence; undefined where it can.
 * @param file of the log
 */
export function lackOfEvents(events: readonly RunEvent[], file: string, meta: unknown): string | undefined {
  const { data: state } = jobState.safeParse(meta);
  // What is no state of a job is refused by `requireJobState`, with what is wrong.
  const lack = state && Coverage.of(events, state.seq).lackOf(state.covers);
  return lack?.isNeeded ? `events that it covers are not in ${file}: ${lack.words}.` : undefined;
}

/** Kinds of events that nothing but a chart depends on. */
const charted: readonly RunEvent['type'][] = ['step', 'alpha', 'notice', 'resumed', 'stopped', 'failed'];
/** Kinds of which a few may be missing, since the checkpoint has what they stood for: tables and charts lack them then. */
const many: readonly string[] = ['epoch', 'trial', 'report', 'collapse'];
/** Share of those that may be missing. */
const mostMissing = 0.1;

/** Counts events as they are written, for checkpoints to say which they cover. */
export class Coverage {
  private counts: Record<string, number> = {};

  /** Those of a log, as far as a run goes on from them. @param keep the last of them */
  static of(events: readonly RunEvent[], keep: number): Coverage {
    const coverage = new Coverage();
    for (const event of effectiveEvents(events)) if (event.seq <= keep) coverage.add(event);
    return coverage;
  }

  add({ type }: RunEvent): void {
    if (!charted.includes(type)) this.counts[type] = (this.counts[type] ?? 0) + 1;
  }

  get covers(): JobState['covers'] {
    return { ...this.counts };
  }

  /**
   * What of a checkpoint is missing here.
   * @returns undefined where nothing is; else words, and whether a run cannot go on without
   */
  lackOf(covers: JobState['covers']): { readonly words: string; readonly isNeeded: boolean } | undefined {
    const lacks = Object.entries(covers).flatMap(([type, count]) => {
      const missing = count - (this.counts[type] ?? 0);
      if (missing <= 0) return [];
      const isNeeded = !many.includes(type) || missing > mostMissing * count;
      return [{ words: `${missing} of ${count} of "${type}"`, isNeeded }];
    });
    if (lacks.length === 0) return undefined;
    return {
      words: lacks.map(({ words }) => words).join(', '),
      isNeeded: lacks.some(({ isNeeded }) => isNeeded),
    };
  }
}

/**
 * A run cannot go on with other images: its batches, scores and normalization would mean something else.
 * @throws UserError with code `data-changed`
 */
export function requireSameData(state: JobState, content: string): void {
  if (state.data === content) return;
  // One part a split; earlier versions had one for all of the training images, and one for those of the test.
  if (state.data.split('-').length !== content.split('-').length) {
    throw new UserError(
      'The checkpoint of this run was written by an earlier version of NAS Workbench, which recorded its data otherwise.',
      'Start a new run.',
      'data-changed',
    );
  }
  throw new UserError(
    'The data has changed since this run began: its images, labels or classes are others.',
    'Put the data back as it was and resume, or start a new run.',
    'data-changed',
  );
}

/** Largest share of the run's time that checkpoints may take. */
const budgetShare = 0.05;

export class Checkpointer {
  private lastCost = 0;
  private lastEnd: number;

  constructor(
    private readonly store: CheckpointStore,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.lastEnd = now();
  }

  /** True when enough time has passed that another checkpoint stays within its share. */
  get due(): boolean {
    return (this.now() - this.lastEnd) * budgetShare >= this.lastCost;
  }

  /** @throws UserError when the disk is full or not writable; the checkpoint before is intact */
  save(take: () => Snapshot): void {
    const start = this.now();
    this.store.save(take());
    this.lastEnd = this.now();
    this.lastCost = this.lastEnd - start;
  }
}
