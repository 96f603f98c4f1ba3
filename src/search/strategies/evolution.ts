/**
 * Evolution with tournaments. With `aging` survival it is regularized evolution (Real et al., 2019, algorithm 1): each child
 * takes the place of the oldest. With `elitism` the best of all trials are the population.
 */
import * as z from 'zod';
import { described } from '../../describe';
import { requireState } from '../../snapshot';
import { Archive, archiveState } from '../archive';
import type {
  Proposal,
  Proposer,
  ProposerContext,
  SamplingStrategy,
  StrategyReport,
  Trial,
} from '../strategy';
import {
  individualState,
  populationChecks,
  Variation,
  variationOptions,
  type Individual,
} from '../variation';

const options = z.strictObject({
  type: described(
    z.literal('evolution'),
    'Children of tournament winners replace the oldest (regularized evolution; Real et al., 2019) or the worst.',
  ),
  population: described(
    z.number().int().min(2).max(10_000).default(10),
    'Architectures that can become parents. The first ones are drawn at random. Half of the trials where there are no more than these, unless it is written.',
  ),
  sample: described(
    z.number().int().min(1).max(10_000).default(3),
    'Architectures in a tournament, drawn from the population; the best of them is the parent. More is greedier.',
  ),
  survival: described(
    z.enum(['aging', 'elitism']).default('aging'),
    'Who leaves when a child joins. `aging`: the oldest (regularized evolution). `elitism`: the worst, so that the best of all trials stay.',
  ),
  ...variationOptions({ crossoverRate: 0 }),
});

export type EvolutionOptions = z.output<typeof options>;

const evolutionState = archiveState.extend({ population: z.array(individualState).readonly() });
type EvolutionState = z.output<typeof evolutionState>;

export class Evolution implements Proposer {
  private readonly archive: Archive;
  private readonly variation: Variation;
  /** In the order in which they joined. */
  private members: Individual[] = [];

  constructor(
    private readonly options: EvolutionOptions,
    { space, random }: ProposerContext,
  ) {
    this.archive = new Archive(space, random);
    this.variation = new Variation(space, options);
  }

  /** In the order in which they joined. */
  get population(): readonly Individual[] {
    return this.members;
  }

  propose(): Proposal | undefined {
    if (this.members.length < this.options.population) return this.archive.propose();
    return this.variation.child(() => this.tournament(), this.archive);
  }

  /** Trials without a score do not join. */
  receive({ index, genotype, score }: Trial): void {
    if (score === undefined) return;
    this.members.push({ index, genotype, score });
    if (this.members.length <= this.options.population) return;
    const leaving = this.options.survival === 'aging' ? 0 : worst(this.members);
    this.members.splice(leaving, 1);
  }

  report(): StrategyReport | undefined {
    if (this.members.length === 0) return undefined;
    const scores = this.members.map(({ score }) => score);
    return {
      populationBest: Math.max(...scores),
      populationMean: scores.reduce((sum, score) => sum + score, 0) / scores.length,
    };
  }

  state(): EvolutionState {
    return {
      ...this.archive.state(),
      population: [...this.members],
    };
  }

  restore(state: unknown): void {
    const { population, ...archive } = requireState(evolutionState, state, 'the strategy');
    this.archive.restore(archive);
    this.members = [...population];
  }

  /** The best of a few members, all different. */
  private tournament(): Individual {
    const open = [...this.members];
    let best: Individual | undefined;
    for (let i = 0; i < this.options.sample && open.length > 0; i++) {
      const rival = open.splice(this.archive.random.integer(open.length), 1)[0]!;
      if (!best || rival.score > best.score) best = rival;
    }
    return best!;
  }
}

/** Place of the smallest score, the oldest among equals. */
function worst(members: readonly Individual[]): number {
  return members.reduce((at, { score }, i) => (score < members[at]!.score ? i : at), 0);
}

export const evolution = {
  kind: 'sampling',
  name: 'evolution',
  description:
    'Tournaments and mutations; the oldest or the worst leave (regularized evolution; Real et al., 2019).',
  options,
  laptop: { population: 8 },
  checks: populationChecks,
  create: (chosen, context) => new Evolution(chosen, context),
} satisfies SamplingStrategy<typeof options>;
