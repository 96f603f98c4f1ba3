/**
 * Predictor-guided search in the manner of BANANAS (White et al., 2021): after some random trials an ensemble learns the scores from the
 * features of the architectures; of many candidates near the best and at random, those with the best acquisition are judged next.
 */
import * as z from 'zod';
import { described } from '../../describe';
import type { Genotype } from '../../space/genotype';
import { mean, spearman } from '../../statistics';
import { requireState } from '../../snapshot';
import { Archive, archiveState } from '../archive';
import { acquisitions, acquire } from '../predictor/acquisition';
import { GaussianProcesses } from '../predictor/gaussianProcesses';
import {
  proposalState,
  type Proposal,
  type Proposer,
  type ProposerContext,
  type SamplingStrategy,
  type StrategyReport,
  type Trial,
} from '../strategy';
import { Variation, individualState, variationOptions, type Individual } from '../variation';

const options = z.strictObject({
  type: described(
    z.literal('predictor'),
    'An ensemble predicts scores from those known and chooses what is judged next (in the manner of BANANAS; White et al., 2021).',
  ),
  initial: described(
    z.number().int().min(2).max(10_000).default(10),
    'Trials with a score that are drawn at random before the first prediction. Half of the trials where there are no more than these, unless it is written.',
  ),
  every: described(
    z.number().int().min(1).max(1000).default(2),
    'Trials that are chosen with one state of the predictor; then it learns anew.',
  ),
  candidates: described(
    z.number().int().min(1).max(100_000).default(100),
    'Architectures that are predicted each time.',
  ),
  mutated: described(
    z.number().min(0).max(1).default(0.5),
    'Share of the candidates that are children of the best; the others are drawn at random.',
  ),
  best: described(
    z.number().int().min(1).max(10_000).default(10),
    'How many of the best trials have children among the candidates.',
  ),
  acquisition: described(
    z.enum(acquisitions).default('thompson'),
    'How candidates are ranked. `thompson`: by one draw from each one’s prediction. `ucb`: by mean plus deviation. `expectedImprovement`: by how far it is expected to surpass the best.',
  ),
  ...variationOptions({ crossoverRate: 0 }),
});

export type PredictorOptions = z.output<typeof options>;

/** Chosen, not judged yet. */
const choiceState = z.object({ proposal: proposalState, predicted: z.number() });
type Choice = Readonly<z.output<typeof choiceState>>;

const predictorState = archiveState.extend({
  trials: z.array(individualState).readonly(),
  queue: z.array(choiceState).readonly(),
  awaited: z.number().nullable(),
  predictions: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly(),
});
type PredictorState = z.output<typeof predictorState>;

export class PredictorSearch implements Proposer {
  private readonly archive: Archive;
  private readonly variation: Variation;
  /** All with a score. */
  private trials: Individual[] = [];
  private queue: Choice[] = [];
  /** Prediction for the trial under way. */
  private awaited: number | null = null;
  /** What was predicted before a trial and what its score was. */
  private predictions: (readonly [number, number])[] = [];

  constructor(
    private readonly options: PredictorOptions,
    private readonly context: ProposerContext,
  ) {
    this.archive = new Archive(context.space, context.random);
    this.variation = new Variation(context.space, options);
  }

  propose(): Proposal | undefined {
    this.awaited = null;
    if (this.trials.length < this.options.initial) return this.archive.propose();
    if (this.queue.length === 0) this.queue = this.choose();
    const next = this.queue.shift();
    if (!next) return undefined;
    this.awaited = next.predicted;
    return next.proposal;
  }

  /** Nothing is learnt from trials without a score. */
  receive({ index, genotype, score }: Trial): void {
    if (score === undefined) return;
    this.trials.push({ index, genotype, score });
    if (this.awaited !== null) this.predictions.push([this.awaited, score]);
  }

  /** `missing`: scores that the predictor still waits for, while architectures are drawn at random. */
  report(): StrategyReport {
    const missing = this.options.initial - this.trials.length;
    if (missing > 0) return { missing };
    if (this.predictions.length === 0) return {};
    const [predicted, scores] = [0, 1].map((i) => this.predictions.map((pair) => pair[i]!)) as [
      number[],
      number[],
    ];
    const rank = spearman(predicted, scores);
    return {
      meanAbsoluteError: mean(this.predictions.map(([a, b]) => Math.abs(a - b))),
      ...(Number.isFinite(rank) && { spearman: rank }),
    };
  }

  state(): PredictorState {
    return {
      ...this.archive.state(),
      trials: [...this.trials],
      queue: [...this.queue],
      awaited: this.awaited,
      predictions: [...this.predictions],
    };
  }

  restore(state: unknown): void {
    const { trials, queue, awaited, predictions, ...archive } = requireState(
      predictorState,
      state,
      'the strategy',
    );
    this.archive.restore(archive);
    this.trials = [...trials];
    this.queue = [...queue];
    this.awaited = awaited;
    this.predictions = [...predictions];
  }

  /** The candidates with the best acquisition; none when the space is exhausted. */
  private choose(): Choice[] {
    const { space } = this.context;
    const { every, acquisition } = this.options;
    const candidates = this.candidates();
    const predictor = new GaussianProcesses();
    predictor.fit(
      this.trials.map(({ genotype }) => space.features(genotype)),
      this.trials.map(({ score }) => score),
    );
    const predictions = predictor.predict(candidates.map(({ genotype }) => space.features(genotype)));
    const best = Math.max(...this.trials.map(({ score }) => score));
    const values = predictions.map((prediction) =>
      acquire(acquisition, prediction, best, this.archive.random),
    );
    const order = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
    return order.slice(0, every).map((i) => {
      this.archive.add(candidates[i]!.genotype);
      return { proposal: candidates[i]!, predicted: predictions[i]!.mean };
    });
  }

  /** All different, none proposed before. */
  private candidates(): Proposal[] {
    const { candidates, mutated, best } = this.options;
    const elite = [...this.trials].sort((a, b) => b.score - a.score || a.index - b.index).slice(0, best);
    const pool = this.archive.copy();
    const found: Proposal[] = [];
    const select = (): Individual => elite[this.archive.random.integer(elite.length)]!;
    for (let i = 0; i < Math.round(candidates * mutated); i++) {
      const child = this.variation.child(select, pool);
      if (child) found.push(child);
    }
    while (found.length < candidates) {
      const genotype: Genotype | undefined = pool.draw();
      if (!genotype) break;
      found.push({ genotype, parents: [], by: 'random' });
    }
    return found;
  }
}

export const predictor = {
  kind: 'sampling',
  name: 'predictor',
  description:
    'An ensemble predictor chooses what is judged next (in the manner of BANANAS; White et al., 2021).',
  options,
  checks: ({ initial }, { budget: { trials } }) =>
    initial < trials
      ? []
      : [
          {
            path: ['initial'],
            message: `${initial} trials drawn at random leave none of the ${trials} for the predictor to choose.`,
            hint: `Use less than ${trials}, or a budget.trials above ${initial}.`,
            ...(trials > 4 && { instead: { value: Math.max(4, Math.floor(trials / 2)) } }),
          },
        ],
  create: (chosen, context) => new PredictorSearch(chosen, context),
} satisfies SamplingStrategy<typeof options>;
