/** Strategies on objectives that are known in closed form. */
import { trialCosts } from '../../../src/cost/trialCosts';
import { Random } from '../../../src/random';
import type { Proposer, ProposerContext, SamplingStrategy, Trial } from '../../../src/search/strategy';
import type { Genotype } from '../../../src/space/genotype';
import type { SearchSpace } from '../../../src/space/searchSpace';
import { createSpace } from '../../../src/space/searchSpace';
import { bench201Entry } from '../../../src/space/bench201/entry';
import { cellEntry } from '../../../src/space/cell/entry';

export const bench201 = createSpace(
  bench201Entry.options.parse({ type: 'nasbench201', cellsPerStage: 1, channels: 4 }),
);
export const cells = createSpace(cellEntry.options.parse({ nodes: 2, cells: 3, channels: 2 }));

const frame = { input: { height: 8, width: 8, channels: 1 }, classes: 2 };

/** Choices that agree with the last option everywhere, and one more for every pair of neighbours that both do. */
export function agreement(space: SearchSpace): (genotype: Genotype) => number {
  return (genotype) => {
    const choices = space.toChoices(genotype);
    const right = choices.map((choice, i) => {
      return choice === space.decide(choices.slice(0, i))!.options.length - 1 ? 1 : 0;
    });
    return right.reduce<number>((sum, here, i) => sum + here * (1 + (right[i + 1] ?? 0)), 0);
  };
}

export function start(
  entry: Pick<SamplingStrategy, 'name' | 'options'> & { create: unknown },
  settings: Readonly<Record<string, unknown>> = {},
  { seed = 1, space = bench201 }: { seed?: number; space?: SearchSpace } = {},
): Proposer {
  const create = entry.create as (options: unknown, context: ProposerContext) => Proposer;
  return create(entry.options.parse({ type: entry.name, ...settings }), {
    space,
    random: Random.fromSeed(seed, 'strategy'),
    trials: 100,
    costs: (genotype) => trialCosts(space.proxy(genotype, frame)),
  });
}

/** What is said of an architecture: its score, or why it has none. */
export type Verdict = number | 'failed' | 'rejected';

/** @param first index of the first trial, and number of those before */
export function run(
  proposer: Proposer,
  judge: (genotype: Genotype, index: number) => Verdict,
  trials: number,
  { space = bench201, first = 0 }: { space?: SearchSpace; first?: number } = {},
): Trial[] {
  const judged: Trial[] = [];
  for (let index = first; index < first + trials; index++) {
    const proposal = proposer.propose();
    if (!proposal) break;
    const verdict = judge(proposal.genotype, index);
    const costs = trialCosts(space.proxy(proposal.genotype, frame));
    const trial: Trial =
      typeof verdict === 'number'
        ? { ...proposal, index, status: 'done', score: verdict, costs }
        : { ...proposal, index, status: verdict, costs };
    proposer.receive(trial);
    judged.push(trial);
  }
  return judged;
}

export function bestScore(trials: readonly Trial[]): number {
  return Math.max(...trials.flatMap(({ score }) => score ?? []));
}
