/** What a job writes into its checkpoints, and when: after every step as long as that costs little, else less often. */
import * as z from 'zod';
import { UserError } from '../errors';
import { engineNames } from '../engine';
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
