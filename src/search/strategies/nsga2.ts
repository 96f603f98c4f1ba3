/** Multi-objective evolution, NSGA-II (Deb et al., 2002): the score and costs at once, towards a Pareto front. */
import * as z from 'zod';
import { described } from '../../describe';
import { UserError } from '../../errors';
import type { TrialCosts } from '../../cost/trialCosts';
import { costNames } from '../../protocol/events';
import { requireState } from '../../snapshot';
import { Archive, archiveState } from '../archive';
import { compareStandings, sortFronts, standings, type Standing } from '../pareto';
import type {
  Proposal,
  Proposer,
  ProposerContext,
  SamplingStrategy,
  StrategyReport,
  Trial,
} from '../strategy';
import {
  populationChecks,
  Variation,
  individualState,
  variationOptions,
  type Individual,
} from '../variation';

const options = z.strictObject({
  type: described(
    z.literal('nsga2'),
    'Multi-objective evolution of the score and costs towards a Pareto front (NSGA-II; Deb et al., 2002).',
  ),
  population: described(
    z.number().int().min(4).max(10_000).default(20),
    'Architectures of a generation. The first ones are drawn at random. Half of the trials where there are no more than these, unless it is written.',
  ),
  objectives: described(
    z
      .array(z.enum(costNames))
      .min(1)
      .refine((names) => new Set(names).size === names.length, 'an objective is given twice')
      .default(['flops']),
    'Costs to minimize beside the score. `latencyMs` needs a latency table.',
  ),
  ...variationOptions({ crossoverRate: 0.5 }),
});

export type Nsga2Options = z.output<typeof options>;

const numbers = z.array(z.number()).readonly();
const candidateState = individualState.extend({
  /** Minimized: the score with its sign turned, then the costs. */
  objectives: numbers,
});
type Candidate = Readonly<z.output<typeof candidateState>>;

const nsga2State = archiveState.extend({
  parents: z.array(candidateState).readonly(),
  children: z.array(candidateState).readonly(),
  received: z.number().int().min(0),
  front: z.array(numbers).readonly(),
});
type Nsga2State = z.output<typeof nsga2State>;

export class Nsga2 implements Proposer {
  private readonly archive: Archive;
  private readonly variation: Variation;
  private parents: readonly Candidate[] = [];
  private parentStandings: readonly Standing[] = [];
  /** Scored trials of the generation under way. */
  private children: Candidate[] = [];
  /** Trials of the generation under way, scored or not. */
  private received = 0;
  /** Objectives of all trials that none dominates. */
  private front: (readonly number[])[] = [];

  constructor(
    private readonly options: Nsga2Options,
    private readonly context: ProposerContext,
  ) {
    this.archive = new Archive(context.space, context.random);
    this.variation = new Variation(context.space, options);
  }

  /** Survivors of the last generation. */
  get population(): readonly Individual[] {
    return this.parents;
  }

  /** @throws UserError when an objective is a cost that is not known here */
  propose(): Proposal | undefined {
    const proposal =
      this.parents.length < 2
        ? this.archive.propose()
        : this.variation.child(() => this.tournament(), this.archive);
    if (proposal && this.archive.size === 1) this.checkObjectives(this.context.costs(proposal.genotype));
    return proposal;
  }

  /** A generation ends after as many trials as the population has places; those without a score leave theirs empty. */
  receive({ index, genotype, score, costs }: Trial): void {
    this.received++;
    if (score !== undefined) {
      const objectives = [-score, ...this.options.objectives.map((name) => costs[name] ?? Infinity)];
      this.children.push({ index, genotype, score, objectives });
      const all = [...this.front, objectives];
      this.front = sortFronts(all)[0]!.map((i) => all[i]!);
    }
    if (this.received >= this.options.population) this.select();
  }

  report(): StrategyReport | undefined {
    return this.front.length > 0 ? { frontSize: this.front.length } : undefined;
  }

  state(): Nsga2State {
    return {
      ...this.archive.state(),
      parents: this.parents,
      children: [...this.children],
      received: this.received,
      front: [...this.front],
    };
  }

  restore(state: unknown): void {
    const { parents, children, received, front, ...archive } = requireState(
      nsga2State,
      state,
      'the strategy',
    );
    this.archive.restore(archive);
    this.setParents(parents);
    this.children = [...children];
    this.received = received;
    this.front = [...front];
  }

  /** The best of parents and children in the crowded-comparison order are the next parents. */
  private select(): void {
    const all = [...this.parents, ...this.children];
    const places = standings(all.map(({ objectives }) => objectives));
    const order = all.map((_, i) => i).sort((a, b) => compareStandings(places[a]!, places[b]!) || a - b);
    this.setParents(order.slice(0, this.options.population).map((i) => all[i]!));
    this.children = [];
    this.received = 0;
  }

  private setParents(parents: readonly Candidate[]): void {
    this.parents = parents;
    this.parentStandings = standings(parents.map(({ objectives }) => objectives));
  }

  /** Binary tournament in the crowded-comparison order. */
  private tournament(): Individual {
    const a = this.archive.random.integer(this.parents.length);
    const b = this.archive.random.integer(this.parents.length);
    return this.parents[compareStandings(this.parentStandings[a]!, this.parentStandings[b]!) <= 0 ? a : b]!;
  }

  private checkObjectives(costs: TrialCosts): void {
    const missing = this.options.objectives.find((name) => costs[name] === undefined);
    if (missing === undefined) return;
    throw new UserError(
      `strategy.objectives asks for ${missing}, which is not known for this search.`,
      'Name a table that `nas latency` made as limits.latencyTable, or leave the objective out.',
    );
  }
}

export const nsga2 = {
  kind: 'sampling',
  name: 'nsga2',
  description:
    'Evolution of the score and costs at once, towards a Pareto front (NSGA-II; Deb et al., 2002).',
  options,
  laptop: { population: 8 },
  checks: (chosen, around) => {
    const findings = populationChecks(chosen, around);
    const latency = chosen.objectives.indexOf('latencyMs');
    if (latency < 0 || around.limits.latencyTable !== undefined) return findings;
    const finding = {
      path: ['objectives', latency],
      message: 'Latency as an objective needs a latency table.',
      hint: 'Add "latencyTable" to "limits"; `nas latency` makes the file.',
    };
    return [...findings, finding];
  },
  create: (chosen, context) => new Nsga2(chosen, context),
} satisfies SamplingStrategy<typeof options>;
