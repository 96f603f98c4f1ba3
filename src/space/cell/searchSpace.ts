/** The cell space (NASNet, DARTS) as strategies see it. Each node's set of inputs is one choice, each kept input's operation another. */
import type { Random } from '../../random';
import { changeOneChoice, checkChoices, countChoices, drawChoices, oneHot } from '../choices';
import {
  cellKinds,
  formatCell,
  type CellGenotype,
  type CellKind,
  type CellPairGenotype,
  type Genotype,
  type NetworkFrame,
} from '../genotype';
import type { Decision, EdgeWeights, Mutation, SearchSpace, SupernetSpace } from '../searchSpace';
import { planFoundNetwork, planSupernet } from './plan';
import { cellEdges, discretize, selectableOperations, type CellSpace } from './space';

export interface CellOptions extends CellSpace {
  readonly cells: number;
  readonly channels: number;
  readonly stemMultiplier: number;
}

/** All sets of `size` numbers below `count`, each ascending, in lexical order. */
function subsets(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, count - from) }, (_, i) => from + i).flatMap((first) =>
    subsets(count, size - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

interface NodeChoice {
  readonly kind: CellKind;
  readonly node: number;
  /** Sets of inputs to choose from. */
  readonly sets: readonly (readonly number[])[];
  /** Inputs that are kept; as many operations are chosen. */
  readonly kept: number;
}

export class CellSearchSpace implements SearchSpace {
  readonly type = 'cell';
  readonly size: bigint;
  readonly mutations: readonly Mutation[];
  readonly supernet: SupernetSpace;
  private readonly names: readonly string[];
  private readonly nodes: readonly NodeChoice[];
  private readonly decisions: readonly Decision[];

  constructor(private readonly options: CellOptions) {
    this.names = selectableOperations(options);
    this.nodes = cellKinds.flatMap((kind) =>
      Array.from({ length: options.nodes }, (_, node): NodeChoice => {
        const kept = Math.min(options.inputsPerNode, node + 2);
        return { kind, node, kept, sets: subsets(node + 2, kept) };
      }),
    );
    this.decisions = this.nodes.flatMap(({ kind, node, sets, kept }) => {
      const key = `${kind}.${node + 2}`;
      const inputs = { key: `${key}.inputs`, kind: 'connection', options: sets.map((set) => set.join('+')) };
      const operations = Array.from({ length: kept }, (_, i) => ({
        key: `${key}.operation.${i}`,
        kind: 'operation',
        options: this.names,
      }));
      return [inputs, ...operations];
    });
    this.size = countChoices(this.decisions);
    this.mutations = ['operation', 'connection'].map((kind) => ({
      name: kind,
      apply: (genotype, random) => this.change(genotype, kind, random),
    }));
    this.supernet = this.makeSupernet();
  }

  sample(random: Random): Genotype {
    return this.fromChoices(drawChoices(this.decisions, random));
  }

  /** `normal: 2 ← sep_conv_3x3(0) + skip_connect(1); … / reduction: …` */
  encode(genotype: Genotype): string {
    const own = this.own(genotype);
    return cellKinds.map((kind) => `${kind}: ${formatCell(own[kind]).join('; ')}`).join(' / ');
  }

  decode(text: string): Genotype {
    const cells = text.split(' / ').map((part, i): CellGenotype => {
      const prefix = `${cellKinds[i]}: `;
      if (!part.startsWith(prefix)) throw new RangeError(`${JSON.stringify(text)} is no pair of cells.`);
      const nodes = part
        .slice(prefix.length)
        .split('; ')
        .map((line) =>
          [...line.matchAll(/([a-z0-9_]+)\((\d+)\)/g)].map((match) => ({
            operation: match[1]!,
            input: Number(match[2]),
          })),
        );
      return { nodes, concat: nodes.map((_, node) => node + 2) };
    });
    const genotype: CellPairGenotype = { space: 'cell', normal: cells[0]!, reduction: cells[1]! };
    this.toChoices(genotype);
    return genotype;
  }

  /** Node by node what it computes from the inputs, sums and nodes in the order of their texts. */
  canonical(genotype: Genotype): string {
    const own = this.own(genotype);
    const canonicalCell = ({ nodes }: CellGenotype): string => {
      const states = ['0', '1'];
      for (const edges of nodes) {
        const terms = edges.map(({ operation, input }) => `${operation}(${states[input]})`);
        states.push(terms.sort().join('+'));
      }
      return states.slice(2).sort().join(';');
    };
    return cellKinds.map((kind) => canonicalCell(own[kind])).join('/');
  }

  features(genotype: Genotype): number[] {
    return oneHot(this.decisions, this.toChoices(genotype));
  }

  decide(choices: readonly number[]): Decision | undefined {
    return this.decisions[choices.length];
  }

  fromChoices(choices: readonly number[]): Genotype {
    checkChoices(this.decisions, choices);
    let at = 0;
    const cells: Record<CellKind, CellGenotype['nodes']> = { normal: [], reduction: [] };
    for (const { kind, sets } of this.nodes) {
      const inputs = sets[choices[at++]!]!;
      cells[kind].push(inputs.map((input) => ({ operation: this.names[choices[at++]!]!, input })));
    }
    const concat = Array.from({ length: this.options.nodes }, (_, node) => node + 2);
    return {
      space: 'cell',
      normal: { nodes: cells.normal, concat },
      reduction: { nodes: cells.reduction, concat: [...concat] },
    };
  }

  toChoices(genotype: Genotype): number[] {
    const own = this.own(genotype);
    if (cellKinds.some((kind) => own[kind].nodes.length !== this.options.nodes)) {
      throw new RangeError(`A cell of this space has ${this.options.nodes} nodes.`);
    }
    return this.nodes.flatMap(({ kind, node, sets }) => {
      const edges = [...own[kind].nodes[node]!].sort((a, b) => a.input - b.input);
      const set = edges.map(({ input }) => input).join();
      const inputs = sets.findIndex((each) => each.join() === set);
      const operations = edges.map(({ operation }) => this.names.indexOf(operation));
      if (inputs >= 0 && !operations.includes(-1)) return [inputs, ...operations];
      throw new RangeError(`Node ${node + 2} of the ${kind} cell is none of this space.`);
    });
  }

  /** Each node comes from one of the parents (its inputs and operations together). */
  crossover(a: Genotype, b: Genotype, random: Random): Genotype {
    const [first, second] = [this.own(a), this.own(b)];
    const mix = (kind: CellKind): CellGenotype => ({
      ...first[kind],
      nodes: first[kind].nodes.map((node, i) => (random.uniform() < 0.5 ? node : second[kind].nodes[i]!)),
    });
    return { space: 'cell', normal: mix('normal'), reduction: mix('reduction') };
  }

  proxy(genotype: Genotype, frame: NetworkFrame) {
    return planFoundNetwork(this.own(genotype), { ...this.options, ...frame });
  }

  /** `connection` moves one edge to another input. */
  private change(genotype: Genotype, kind: string, random: Random): Genotype | undefined {
    const choices = this.toChoices(genotype);
    if (kind === 'operation') {
      const changed = changeOneChoice(this.decisions, choices, kind, random);
      return changed && this.fromChoices(changed);
    }
    const open = this.decisions.flatMap((decision, i) =>
      decision.kind === kind && decision.options.length > 1 ? [i] : [],
    );
    if (open.length === 0) return undefined;
    const at = open[random.integer(open.length)]!;
    const now = new Set(this.decisions[at]!.options[choices[at]!]!.split('+'));
    const near = this.decisions[at]!.options.flatMap((option, i) => {
      const moved = option.split('+').filter((input) => !now.has(input)).length;
      return moved === 1 ? [i] : [];
    });
    choices[at] = near[random.integer(near.length)]!;
    return this.fromChoices(choices);
  }

  private makeSupernet(): SupernetSpace {
    const { options } = this;
    const { operations } = options;
    const edges = cellEdges(options.nodes);
    return {
      kinds: cellKinds,
      operations,
      edges,
      plan: (frame, { channelShare } = {}) =>
        planSupernet(options, { ...options, ...frame }, { channelShare }),
      discretize: (weights) => discretize(options, weights),
      path: (genotype): EdgeWeights => {
        const own = this.own(genotype);
        const rows = (kind: CellKind): number[][] =>
          edges.map(({ node, from }) => {
            const edge = own[kind].nodes[node]!.find(({ input }) => input === from);
            return operations.map((name) => (name === edge?.operation ? 1 : 0));
          });
        return { normal: rows('normal'), reduction: rows('reduction') };
      },
    };
  }

  private own(genotype: Genotype): CellPairGenotype {
    if (genotype.space === this.type) return genotype;
    throw new RangeError(`A genotype of the space "${genotype.space}" is none of ${this.type}.`);
  }
}
