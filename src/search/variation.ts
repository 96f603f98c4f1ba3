/** Children of architectures: the space's mutations and crossover, drawn with configurable rates. */
import * as z from 'zod';
import { described, type Finding } from '../describe';
import { UserError } from '../errors';
import type { Random } from '../random';
import { genotypeSchema, type Genotype } from '../space/genotype';
import type { Mutation, SearchSpace } from '../space/searchSpace';
import type { Archive } from './archive';
import type { AroundSection, Proposal } from './strategy';

/** Keys of the strategies that make children. */
export function variationOptions(defaults: { crossoverRate: number }) {
  return {
    mutationRates: described(
      z.record(z.string(), z.number().min(0).max(1e6)).default({}),
      'How often each mutation of the space is drawn, relative to the others, by its name. 1 unless given; 0: never.',
    ),
    crossoverRate: described(
      z.number().min(0).max(1).default(defaults.crossoverRate),
      'Share of the children that combine two parents before they are mutated.',
    ),
  };
}

/** What a strategy with a population finds wrong in its section. */
export function populationChecks(
  { population }: { readonly population: number },
  { budget }: AroundSection,
): Finding[] {
  const { trials } = budget;
  if (population < trials) return [];
  return [
    {
      path: ['population'],
      message: `A population of ${population} drawn at random leaves none of the ${trials} trials for its children.`,
      hint: `Use a population below ${trials}, or a budget.trials above ${population}.`,
      ...(trials > 4 && { instead: { value: Math.max(4, Math.floor(trials / 2)) } }),
    },
  ];
}

export interface VariationSettings {
  readonly mutationRates: Readonly<Record<string, number>>;
  readonly crossoverRate: number;
}

/** A judged architecture that can become a parent, as strategies save it. */
export const individualState = z.object({
  /** Of its trial. */
  index: z.number().int().min(0),
  genotype: genotypeSchema,
  score: z.number(),
});
export type Individual = Readonly<z.output<typeof individualState>>;

/** Children that turn out to be known already, one after the other, after which one is drawn at random. */
const patience = 100;

export class Variation {
  private readonly mutations: readonly { readonly mutation: Mutation; readonly rate: number }[];

  /** @throws UserError for a rate of a mutation that the space does not have, or when all rates are 0 */
  constructor(
    private readonly space: SearchSpace,
    private readonly settings: VariationSettings,
  ) {
    const { mutationRates } = settings;
    const names = space.mutations.map(({ name }) => name);
    const unknown = Object.keys(mutationRates).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new UserError(
        `strategy.mutationRates has "${unknown}", which is no mutation of the space "${space.type}".`,
        `Its mutations are: ${names.join(', ')}.`,
      );
    }
    this.mutations = space.mutations
      .map((mutation) => ({ mutation, rate: mutationRates[mutation.name] ?? 1 }))
      .filter(({ rate }) => rate > 0);
    if (this.mutations.length === 0) {
      throw new UserError(
        'strategy.mutationRates leaves no mutation to draw.',
        `Give at least one of ${names.join(', ')} a rate above 0.`,
      );
    }
  }

  /** One mutation, drawn by the rates among those that can be applied; undefined when none can. */
  mutate(genotype: Genotype, random: Random): { genotype: Genotype; by: string } | undefined {
    const open = [...this.mutations];
    while (open.length > 0) {
      let left = random.uniform() * open.reduce((sum, { rate }) => sum + rate, 0);
      let at = 0;
      while (at < open.length - 1 && left >= open[at]!.rate) left -= open[at++]!.rate;
      const { mutation } = open.splice(at, 1)[0]!;
      const changed = mutation.apply(genotype, random);
      if (changed) return { genotype: changed, by: mutation.name };
    }
    return undefined;
  }

  /**
   * A child that the archive does not know, and then does; drawn with the archive's stream. Where none is found near the parents, an architecture drawn at
   * random, without parents.
   * @param select draws a parent
   * @returns undefined when the space is exhausted
   */
  child(select: () => Individual, archive: Archive): Proposal | undefined {
    const { random } = archive;
    for (let tries = 0; tries < patience; tries++) {
      const parent = select();
      const other = random.uniform() < this.settings.crossoverRate ? select() : parent;
      const crossed = other.index !== parent.index;
      const start = crossed ? this.space.crossover(parent.genotype, other.genotype, random) : parent.genotype;
      const mutated = this.mutate(start, random);
      if (!mutated || !archive.add(mutated.genotype)) continue;
      const parents = crossed ? [parent.index, other.index] : [parent.index];
      return { genotype: mutated.genotype, parents, by: crossed ? `crossover, ${mutated.by}` : mutated.by };
    }
    const genotype = archive.draw();
    return genotype && { genotype, parents: [], by: 'random' };
  }
}
