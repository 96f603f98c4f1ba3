/**
 * Drives a sampling strategy: it proposes an architecture, the estimator judges it step by step, the strategy hears of
 * it, until the budget is spent. Any strategy goes with any estimator.
 */
import * as z from 'zod';
import type { Breach } from '../cost/limits';
import { trialCostsState, type TrialCosts } from '../cost/trialCosts';
import { describeError, UserError } from '../errors';
import type { RunEventOf } from '../protocol/events';
import type { Progress, Search, StepContext } from '../search/process';
import { proposalState, type Proposal, type Proposer, type Trial } from '../search/strategy';
import type { TrainedWeights } from '../network/trainedWeights';
import { requireState, type Snapshot } from '../snapshot';
import { genotypeSchema, type Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import type { Assessment, Estimator, EstimatorWork, Evaluation } from './estimator';
import { join, part } from './snapshots';

export interface TrialContext {
  readonly space: SearchSpace;
  readonly proposer: Proposer;
  /** Owned by the search from here on. */
  readonly estimator: Estimator;
  readonly trials: number;
  costs(genotype: Genotype): TrialCosts;
  /** Hard limits: an architecture that breaks one is rejected before it is judged. */
  broken(costs: TrialCosts): Breach | undefined;
}

interface Current {
  readonly proposal: Proposal;
  readonly costs: TrialCosts;
  readonly evaluation: Evaluation;
}

/** Trials that failed for one reason. */
const failureState = z.object({
  count: z.number().int().min(1),
  /** Of the first of them. */
  message: z.string(),
});

/** Plain data, for a checkpoint. */
const foundState = z.object({
  /** Trials done. */
  index: z.number().int().min(0),
  /** Training steps of the preparation and of all trials done. */
  steps: z.number().min(0),
  best: z.object({ score: z.number(), genotype: genotypeSchema }).optional(),
  /** Of the rejected ones, the nearest to the limits. */
  nearest: z.object({ text: z.string(), message: z.string(), excess: z.number() }).optional(),
  /** Trials that broke a limit. */
  rejected: z.number().int().min(0),
  /** Of the trials that failed, by reason. */
  failures: z.record(z.string(), failureState),
  exhausted: z.boolean(),
});
type Found = Readonly<z.output<typeof foundState>>;

/** Strategy and estimator check their own. */
const trialSearchState = z.object({
  found: foundState,
  proposer: z.unknown(),
  estimator: z.unknown(),
  preparation: z.unknown().optional(),
  current: z.object({ proposal: proposalState, costs: trialCostsState, evaluation: z.unknown() }).optional(),
});
type TrialSearchMeta = z.output<typeof trialSearchState>;

/**
 * Why one architecture can fail without that saying anything about the next, and what to do where most do. `table` does not
 * know every architecture; zero-cost scores of very deep networks leave the range of numbers.
 */
const advice = {
  diverged: 'Lower training.learningRate.',
  'out-of-memory': 'Lower training.batchSize, or the channels of the space.',
  'not-in-table': 'Narrow the space to the architectures of the table, or take another estimator.',
  'no-score': 'Take another estimator, or a smaller space.',
} as const;
type Reason = keyof typeof advice;

/** Undefined where the error is one that ends the whole search. */
function reasonOf(error: unknown): Reason | undefined {
  if (error instanceof UserError) {
    return error.code !== undefined && error.code in advice ? (error.code as Reason) : undefined;
  }
  const isMemory = error instanceof RangeError && /memory|allocation|array length/i.test(error.message);
  return isMemory ? 'out-of-memory' : undefined;
}

/** Failures of one architecture that say nothing about the next, e.g. its loss diverged or its network is too large. */
export function endsTrial(error: unknown): boolean {
  return reasonOf(error) !== undefined;
}

/** The outcome of a trial that ended with an error. @throws the error, where it ends the whole search */
function failed(error: unknown): Outcome {
  const reason = reasonOf(error);
  if (!reason) throw error;
  const { message } = error as Error;
  return { status: 'failed', message: describeError(error), failure: { reason, message } };
}

/** What a search of so many trials is expected to cost: all steps of the preparation and of each trial, and a step of both. */
export function trialSearchWork({ stepWork, expectedSteps }: EstimatorWork, trials: number) {
  const { preparation } = expectedSteps;
  // Some work for each trial, so that a search whose trials cost nothing has a progress, too.
  const trial = Math.max(expectedSteps.trial, 1e-3);
  return { preparation, trial, stepsPerEpoch: trial + preparation / trials, stepWork: Math.max(1, stepWork) };
}

export class TrialSearch implements Search {
  readonly trials: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly stepWork: number;
  private readonly expected: { readonly preparation: number; readonly trial: number };
  private current: Current | undefined;
  private found: Found = { index: 0, steps: 0, rejected: 0, failures: {}, exhausted: false };

  constructor(private readonly context: TrialContext) {
    const { estimator, trials } = context;
    const { stepsPerEpoch, stepWork, ...expected } = trialSearchWork(estimator, trials);
    this.expected = expected;
    this.trials = trials;
    this.epochs = trials;
    this.stepsPerEpoch = stepsPerEpoch;
    this.stepWork = stepWork;
  }

  get progress(): Progress {
    const { estimator, trials } = this.context;
    const { index, steps } = this.found;
    const { preparation } = estimator;
    const running = this.current?.evaluation.steps ?? (this.prepared ? 0 : preparation!.steps);
    const prepared = Math.min(preparation?.steps ?? 0, this.expected.preparation);
    const ofTrial = Math.min(this.current?.evaluation.steps ?? 0, this.expected.trial);
    const done = prepared + index * this.expected.trial + ofTrial;
    const share = this.done ? 1 : done / (this.expected.preparation + trials * this.expected.trial);
    const trial = this.prepared ? Math.min(index, trials - 1) : undefined;
    return { epoch: index, step: steps + running, share, trial };
  }

  get memory(): number | undefined {
    return (this.current?.evaluation ?? this.context.estimator.preparation)?.memory;
  }

  get done(): boolean {
    const { exhausted, index } = this.found;
    return exhausted || index >= this.context.trials || 2 * this.failed > this.context.trials;
  }

  async advance(context: StepContext): Promise<void> {
    if (!this.prepared) return this.prepare(context);
    if (!this.current) return this.propose(context);
    const { evaluation } = this.current;
    try {
      await evaluation.advance(context);
    } catch (error) {
      return this.finish(context, failed(error));
    }
    if (evaluation.done) this.finish(context, { status: 'done', ...evaluation.result! });
  }

  /**
   * The best trial.
   * @throws UserError when none has a score, or most of those that were to be judged failed: the best of the few that are
   *   left is what did not fail, not what is good
   */
  genotype(): Genotype {
    const { best, nearest, failures, index, rejected } = this.found;
    if (2 * this.failed > index - rejected) {
      const [reason, { count, message }] = Object.entries(failures).sort(
        ([, a], [, b]) => b.count - a.count,
      )[0]!;
      const which = count === this.failed ? 'All' : `${count}`;
      throw new UserError(
        `${this.failed} of ${index - rejected} trials failed, so that the best of the others means nothing. ${which} of them for a reason like this: ${message}`,
        advice[reason as Reason],
        'most-failed',
      );
    }
    if (best) return best.genotype;
    if (nearest) {
      throw new UserError(
        `None of ${index} architectures keeps the limits: none found, nearest is ${nearest.text} with ${nearest.message}.`,
        'Raise the limits, or choose a smaller space.',
        'none-found',
      );
    }
    throw new UserError('The strategy proposed no architecture.', 'Choose a larger space.', 'none-found');
  }

  snapshot(): Snapshot<TrialSearchMeta> {
    const { proposer, estimator } = this.context;
    const state = estimator.snapshot();
    const preparation = estimator.preparation?.snapshot();
    const evaluation = this.current?.evaluation.snapshot();
    return {
      meta: {
        found: this.found,
        proposer: proposer.state(),
        estimator: state.meta,
        preparation: preparation?.meta,
        current: this.current && { ...this.current, evaluation: evaluation!.meta },
      },
      arrays: {
        ...join('estimator', state),
        ...(preparation && join('preparation', preparation)),
        ...(evaluation && join('evaluation', evaluation)),
      },
    };
  }

  restore(snapshot: Snapshot): void {
    const { proposer, estimator } = this.context;
    const { arrays } = snapshot;
    const { current, ...meta } = requireState(trialSearchState, snapshot.meta, 'the search');
    this.found = meta.found;
    proposer.restore(meta.proposer);
    estimator.restore(part('estimator', meta.estimator, arrays));
    estimator.preparation?.restore(part('preparation', meta.preparation, arrays));
    if (!current) return;
    const { proposal, costs } = current;
    const evaluation = estimator.evaluate(proposal.genotype, meta.found.index);
    // Before it is restored, which can fail: what it holds is freed with the search.
    this.current = { proposal, costs, evaluation };
    evaluation.restore(part('evaluation', current.evaluation, arrays));
  }

  dispose(): void {
    this.current?.evaluation.dispose();
    this.context.estimator.dispose();
  }

  /** Trials that failed, for whatever reason. */
  private get failed(): number {
    return Object.values(this.found.failures).reduce((sum, { count }) => sum + count, 0);
  }

  private get prepared(): boolean {
    return this.context.estimator.preparation?.done ?? true;
  }

  private async prepare(context: StepContext): Promise<void> {
    const preparation = this.context.estimator.preparation!;
    await preparation.advance(context);
    if (preparation.done) this.found = { ...this.found, steps: preparation.steps };
  }

  private propose(context: StepContext): void {
    const { proposer, estimator, costs, broken, trials } = this.context;
    const { index } = this.found;
    // Once: a checkpoint from before is followed by the same notices, one from after has the first trial under way.
    if (index === 0) {
      for (const notice of estimator.notices ?? []) context.emit({ type: 'notice', ...notice });
    }
    const proposal = proposer.propose();
    if (!proposal) {
      this.found = { ...this.found, exhausted: true };
      const message = `The space has no further architecture after ${index} of ${trials} trials; the search ends here.`;
      context.emit({ type: 'notice', level: 'info', message });
      return;
    }
    const cost = costs(proposal.genotype);
    const breach = broken(cost);
    if (breach) {
      this.conclude(
        context,
        { proposal, costs: cost },
        { status: 'rejected', message: breach.message },
        breach,
      );
      return;
    }
    try {
      const evaluation = estimator.evaluate(proposal.genotype, index);
      this.current = { proposal, costs: cost, evaluation };
    } catch (error) {
      this.conclude(context, { proposal, costs: cost }, failed(error));
    }
  }

  private finish(context: StepContext, outcome: Outcome): void {
    const current = this.current!;
    const trained = outcome.status === 'done' ? current.evaluation.trained : undefined;
    this.current = undefined;
    this.found = { ...this.found, steps: this.found.steps + current.evaluation.steps };
    current.evaluation.dispose();
    this.conclude(context, current, { ...outcome, trained });
  }

  /** Writes a trial down and tells all who learn from it. */
  private conclude(
    { emit, keep }: StepContext,
    { proposal, costs }: Pick<Current, 'proposal' | 'costs'>,
    outcome: Outcome,
    breach?: Breach,
  ): void {
    const { space, proposer, estimator } = this.context;
    const { index } = this.found;
    const { genotype, parents, by } = proposal;
    const { status, message, metrics } = outcome;
    // A score that is no number would be lost in JSON, and nothing can be learned from it.
    const isNumber = status !== 'done' || Number.isFinite(outcome.score);
    const noScore = 'The score is not a number.';
    const judged = isNumber
      ? { status, message, score: outcome.score }
      : ({ status: 'failed', message: noScore } as const);
    const failure = isNumber ? outcome.failure : { reason: 'no-score' as const, message: noScore };
    const text = space.encode(genotype);
    const event: Omit<RunEventOf<'trial'>, 'seq' | 'time'> = {
      ...{
        type: 'trial',
        index,
        genotype,
        text,
        parents: [...parents],
        by,
        metrics: metrics && { ...metrics },
      },
      ...{ costs: { ...costs }, ...judged },
    };
    emit(event);
    const isBest = this.note(event, breach, failure);
    if (isBest) emit({ type: 'genotype', epoch: index, trial: index, genotype });
    if (outcome.trained) keep?.({ index, genotype, isBest, trained: outcome.trained });
    const trial: Trial = { ...proposal, index, costs, status: judged.status, score: event.score };
    estimator.receive?.(trial);
    proposer.receive(trial);
    const reports = [
      ['strategy', proposer.report?.()],
      ['estimator', estimator.report?.()],
    ] as const;
    for (const [source, values] of reports) {
      if (values) emit({ type: 'report', source, trial: index, values: { ...values } });
    }
  }

  /** The best, the nearest and the failures so far. @returns whether the trial is the best */
  private note(
    trial: Omit<RunEventOf<'trial'>, 'seq' | 'time'>,
    breach: Breach | undefined,
    failure: Outcome['failure'],
  ): boolean {
    const { best, nearest } = this.found;
    const { score, genotype, text } = trial;
    this.found = { ...this.found, index: trial.index + 1 };
    const better = score !== undefined && (!best || score > best.score);
    if (better) this.found = { ...this.found, best: { score, genotype } };
    if (breach && (!nearest || breach.excess < nearest.excess)) {
      this.found = { ...this.found, nearest: { text, ...breach } };
    }
    if (breach) this.found = { ...this.found, rejected: this.found.rejected + 1 };
    if (failure) {
      const { failures } = this.found;
      const { count = 0, message = failure.message } = failures[failure.reason] ?? {};
      this.found = {
        ...this.found,
        failures: { ...failures, [failure.reason]: { count: count + 1, message } },
      };
    }
    return better;
  }
}

type Outcome = Partial<Assessment> & {
  readonly trained?: TrainedWeights | undefined;
  readonly status: Trial['status'];
  readonly message?: string;
  /** Of one that failed: why, and the first sentence of its message. */
  readonly failure?: { readonly reason: Reason; readonly message: string };
};
