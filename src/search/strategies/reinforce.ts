/**
 * REINFORCE (Williams, 1992): a policy draws architectures choice by choice and is moved along (reward − baseline) · ∇ log π(a). The
 * state is the partial architecture, the action the next choice, the reward the score.
 */
import * as z from 'zod';
import { described } from '../../describe';
import { requireState } from '../../snapshot';
import { Archive, archiveState } from '../archive';
import { LogitsPolicy } from '../policy/logitsPolicy';
import { LstmPolicy } from '../policy/lstmPolicy';
import { parametersState } from '../policy/parameters';
import type { Policy } from '../policy/policy';
import type {
  Proposal,
  Proposer,
  ProposerContext,
  SamplingStrategy,
  StrategyReport,
  Trial,
} from '../strategy';

const options = z.strictObject({
  type: described(
    z.literal('reinforce'),
    'Reinforcement learning: a policy draws architectures choice by choice and learns from their scores (REINFORCE; Williams, 1992).',
  ),
  policy: described(
    z.enum(['logits', 'lstm']).default('logits'),
    'What draws. `logits`: every decision has its own distribution. `lstm`: a recurrent controller whose choices depend on those before (Zoph & Le, 2017).',
  ),
  learningRate: described(
    z.number().positive().max(10).default(0.01),
    'Adam’s learning rate for the policy.',
  ),
  baselineMomentum: described(
    z.number().min(0).lt(1).default(0.9),
    'Momentum of the moving average of the rewards, against which a reward counts as good or bad.',
  ),
  entropyWeight: described(
    z.number().min(0).max(1000).default(1e-4),
    'Bonus on the policy’s entropy (nats), in units of the score: more explores longer.',
  ),
  units: described(
    z.number().int().min(1).max(1024).default(64),
    'Units of the recurrent controller, and length of its embeddings.',
  ),
});

export type ReinforceOptions = z.output<typeof options>;

const reinforceState = archiveState.extend({
  policy: parametersState,
  average: z.number(),
  rewards: z.number().int().min(0),
  lowest: z.number().nullable(),
  report: z.record(z.string(), z.number()).nullable(),
});
type ReinforceState = z.output<typeof reinforceState>;

/** Draws of the policy in a row that it has proposed before, after which the last is judged once more. */
const patience = 100;

export class Reinforce implements Proposer {
  private readonly archive: Archive;
  private readonly policy: Policy;
  /** Σ (1 − m)·m^(n − i)·reward of i, not yet corrected for its start at 0. */
  private average = 0;
  private rewards = 0;
  private lowest: number | null = null;
  private latest: StrategyReport | null = null;

  constructor(
    private readonly options: ReinforceOptions,
    private readonly context: ProposerContext,
  ) {
    const { space, random } = context;
    this.archive = new Archive(space, random);
    const { policy, learningRate, units } = options;
    // Parameters come into being while drawing, so they must follow this.archive.random through a restore.
    this.policy =
      policy === 'logits'
        ? new LogitsPolicy(space, learningRate, () => 1e-3 * this.archive.random.normal())
        : new LstmPolicy(space, units, learningRate, () => 0.2 * this.archive.random.uniform() - 0.1);
  }

  /** Moving average of the rewards, divided by 1 − m^n as in Adam; undefined before the first. */
  get baseline(): number | undefined {
    if (this.rewards === 0) return undefined;
    return this.average / (1 - this.options.baselineMomentum ** this.rewards);
  }

  propose(): Proposal | undefined {
    const { space } = this.context;
    if (BigInt(this.archive.size) >= space.size) return undefined;
    let genotype = space.fromChoices(this.policy.sample(this.archive.random));
    for (let tries = 1; tries < patience && this.archive.has(genotype); tries++) {
      genotype = space.fromChoices(this.policy.sample(this.archive.random));
    }
    this.archive.add(genotype);
    return { genotype, parents: [] };
  }

  /**
   * The baseline is that of the rewards before, so that it does not depend on the action. A trial without a score counts as the
   * lowest reward so far: the policy learns to leave where networks fail or break limits.
   */
  receive({ genotype, score }: Trial): void {
    const reward = score ?? this.lowest;
    if (reward === null) return;
    const { entropyWeight, baselineMomentum } = this.options;
    const baseline = this.baseline ?? reward;
    const choices = this.context.space.toChoices(genotype);
    const { gradients, entropy } = this.policy.judge(choices, reward - baseline, entropyWeight);
    this.policy.parameters.ascend(gradients);
    if (score !== undefined) {
      this.average = baselineMomentum * this.average + (1 - baselineMomentum) * score;
      this.rewards++;
      this.lowest = Math.min(score, this.lowest ?? score);
    }
    this.latest = { reward, baseline, entropy };
  }

  /** `entropy` in nats, summed over the decisions of the last architecture, before it was learnt from. */
  report(): StrategyReport | undefined {
    return this.latest ?? undefined;
  }

  state(): ReinforceState {
    return {
      ...this.archive.state(),
      policy: this.policy.parameters.state(),
      average: this.average,
      rewards: this.rewards,
      lowest: this.lowest,
      report: this.latest,
    };
  }

  restore(state: unknown): void {
    const { policy, average, rewards, lowest, report, ...archive } = requireState(
      reinforceState,
      state,
      'the strategy',
    );
    this.archive.restore(archive);
    this.policy.parameters.restore(policy);
    this.average = average;
    this.rewards = rewards;
    this.lowest = lowest;
    this.latest = report;
  }
}

export const reinforce = {
  kind: 'sampling',
  name: 'reinforce',
  description:
    'A policy, plain or recurrent, that learns from the scores of what it draws (REINFORCE; Williams, 1992).',
  options,
  create: (chosen, context) => new Reinforce(chosen, context),
} satisfies SamplingStrategy<typeof options>;
