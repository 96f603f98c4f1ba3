/** The search space of NAS-Bench-201 (Dong & Yang, 2020): every edge of one cell has one of the operations. */
import type { Random } from '../../random';
import { changeOneChoice, checkChoices, countChoices, drawChoices, oneHot } from '../choices';
import type { NetworkFrame, Skeleton } from '../frame';
import {
  requireInside,
  requireOwn,
  type Decision,
  type EdgeWeights,
  type MutationOf,
  type SearchSpaceOf,
  type SupernetSpaceOf,
} from '../contract';
import { planBench201Network, planBench201Supernet } from './plan';
import { canonicalBench201, parseBench201, pathFeatures, writeBench201 } from './forms';
import type { CellEdge } from '../cell/alpha';
import type { Bench201Genotype } from './genotype';

export interface Bench201Options {
  readonly operations: readonly string[];
  readonly cellsPerStage: number;
  readonly channels: number;
}

/** In the paper's order, which is that of the rows of α; state 0 is the cell's input. */
export const bench201Edges: readonly CellEdge[] = [1, 2, 3].flatMap((node) =>
  Array.from({ length: node }, (_, from) => ({ node: node - 1, from })),
);

export class Bench201SearchSpace implements SearchSpaceOf<Bench201Genotype> {
  readonly type = 'nasbench201';
  readonly size: bigint;
  readonly mutations: readonly MutationOf<Bench201Genotype>[];
  readonly supernet: SupernetSpaceOf<Bench201Genotype>;
  private readonly decisions: readonly Decision[];

  constructor(private readonly options: Bench201Options) {
    const { operations } = options;
    this.decisions = bench201Edges.map(({ from, node }) => ({
      key: `edge.${from}.${node + 1}`,
      kind: 'operation',
      options: operations,
    }));
    this.size = countChoices(this.decisions);
    this.mutations = [
      {
        name: 'operation',
        apply: (genotype, random) => {
          const changed = changeOneChoice(this.decisions, this.toChoices(genotype), 'operation', random);
          return changed && this.fromChoices(changed);
        },
      },
    ];
    this.supernet = {
      kinds: ['normal'],
      operations,
      edges: bench201Edges,
      inputsPerNode: 3,
      channels: options.channels,
      plan: (frame, { partialChannels } = {}) =>
        planBench201Supernet(operations, { ...options, ...frame }, { partialChannels }),
      discretize: ({ normal }) => this.fromChoices(normal.map((row) => row.indexOf(Math.max(...row)))),
      path: (genotype): EdgeWeights => {
        const choices = this.toChoices(genotype);
        const normal = choices.map((choice) => operations.map((_, i) => (i === choice ? 1 : 0)));
        return { normal, reduction: [] };
      },
    };
  }

  sample(random: Random): Bench201Genotype {
    return this.fromChoices(drawChoices(this.decisions, random));
  }

  encode(genotype: Bench201Genotype): string {
    return writeBench201(this.own(genotype).operations);
  }

  decode(text: string): Bench201Genotype {
    const genotype: Bench201Genotype = { space: 'nasbench201', operations: parseBench201(text) };
    requireInside(() => this.toChoices(genotype));
    return genotype;
  }

  canonical(genotype: Bench201Genotype): string {
    return canonicalBench201(this.own(genotype).operations);
  }

  features(genotype: Bench201Genotype): number[] {
    const { operations } = this.own(genotype);
    return [
      ...oneHot(this.decisions, this.toChoices(genotype)),
      ...pathFeatures(operations, this.options.operations),
    ];
  }

  decide(choices: readonly number[]): Decision | undefined {
    return this.decisions[choices.length];
  }

  fromChoices(choices: readonly number[]): Bench201Genotype {
    checkChoices(this.decisions, choices);
    return { space: 'nasbench201', operations: choices.map((choice) => this.options.operations[choice]!) };
  }

  toChoices(genotype: Bench201Genotype): number[] {
    return this.own(genotype).operations.map((name) => {
      const choice = this.options.operations.indexOf(name);
      if (choice < 0) throw new RangeError(`"${name}" is none of the operations of this space.`);
      return choice;
    });
  }

  crossover(a: Bench201Genotype, b: Bench201Genotype, random: Random): Bench201Genotype {
    const [first, second] = [this.toChoices(a), this.toChoices(b)];
    return this.fromChoices(first.map((choice, i) => (random.uniform() < 0.5 ? choice : second[i]!)));
  }

  proxy(genotype: Bench201Genotype, frame: NetworkFrame) {
    return planBench201Network(this.own(genotype).operations, { ...this.options, ...frame });
  }

  proxyNetwork(frame: NetworkFrame): Skeleton {
    const { cellsPerStage, channels } = this.options;
    return { cells: 3 * cellsPerStage, channels, stemMultiplier: 1, ...frame };
  }

  private own(genotype: Bench201Genotype): Bench201Genotype {
    return requireOwn(genotype, this.type);
  }
}
