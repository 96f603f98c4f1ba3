/**
 * The cell space (NASNet, DARTS) as strategies see it: how large it is, how an architecture is drawn, written, changed and
 * combined. Each node's set of inputs is one choice, each kept input's operation another; how many nodes a cell has is a
 * choice where there is one.
 */
import type { Random } from '../../random';
import {
  changeOneChoice,
  checkChoices,
  countChoices,
  drawByCount,
  drawOpenDecision,
  drawChoices,
  either,
  oneHotOf,
} from '../choices';
import { cellKinds, type CellKind, type NetworkFrame, type Skeleton } from '../frame';
import { canonicalOperation, operationNames } from '../operations';
import {
  requireInside,
  requireOwn,
  type Decision,
  type EdgeWeights,
  type MutationOf,
  type SearchSpaceOf,
  type SupernetSpaceOf,
} from '../contract';
import { planFoundNetwork, planSupernet } from './plan';
import {
  cellEdges,
  concatAll,
  discretize,
  keptInputs,
  plainCellCount,
  selectableOperations,
  type CellSpace,
} from './alpha';
import { formatCell, type CellGenotype, type CellPairGenotype, type GenotypeEdge } from './genotype';

export interface CellOptions extends CellSpace {
  /** Fewest nodes that a cell can have; as many as `nodes` unless given. */
  readonly minNodes?: number;
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
  /** Sets of inputs to choose from. */
  readonly sets: readonly (readonly number[])[];
  /** Inputs that are kept; as many operations are chosen. */
  readonly kept: number;
}

/** The decisions of a cell. */
interface CellDecisions {
  /** Only where there is a choice. */
  readonly count: Decision | undefined;
  /** Of each node that there can be. */
  readonly nodes: readonly (readonly Decision[])[];
}

type CellNodes = readonly GenotypeEdge[][];

/** All nodes are concatenated. */
function cellOf(nodes: CellNodes): CellGenotype {
  return { nodes: [...nodes], concat: concatAll(nodes.length) };
}

export class CellSearchSpace implements SearchSpaceOf<CellPairGenotype> {
  readonly type = 'cell';
  readonly size: bigint;
  readonly mutations: readonly MutationOf<CellPairGenotype>[];
  readonly supernet: SupernetSpaceOf<CellPairGenotype>;
  private readonly names: readonly string[];
  /** Numbers of nodes that a cell can have, ascending. */
  private readonly counts: readonly number[];
  private readonly nodes: readonly NodeChoice[];
  private readonly decisions: Readonly<Record<CellKind, CellDecisions>>;
  /** How many cells there are of each of the numbers of nodes. */
  private readonly cellsByCount: readonly bigint[];

  constructor(private readonly options: CellOptions) {
    this.names = selectableOperations(options);
    const { nodes, minNodes = nodes } = options;
    this.counts = Array.from({ length: nodes - minNodes + 1 }, (_, i) => minNodes + i);
    this.nodes = Array.from({ length: nodes }, (_, node): NodeChoice => {
      const kept = keptInputs(options, node);
      return { kept, sets: subsets(node + 2, kept) };
    });
    this.decisions = { normal: this.decisionsOf('normal'), reduction: this.decisionsOf('reduction') };
    this.cellsByCount = this.counts.map((count) =>
      countChoices(this.decisions.normal.nodes.slice(0, count).flat()),
    );
    const ofOneCell = this.cellsByCount.reduce((sum, count) => sum + count, 0n);
    this.size = ofOneCell * ofOneCell;
    this.mutations = [
      { name: 'operation', apply: (genotype, random) => this.changeOperation(genotype, random) },
      { name: 'connection', apply: (genotype, random) => this.moveEdge(genotype, random) },
      ...(minNodes < nodes ? this.nodeMutations() : []),
    ];
    this.supernet = this.makeSupernet();
  }

  sample(random: Random): CellPairGenotype {
    const choices = cellKinds.flatMap((kind) => {
      const at = this.counts.length > 1 ? drawByCount(this.cellsByCount, random) : 0;
      const { count, nodes } = this.decisions[kind];
      return [...(count ? [at] : []), ...drawChoices(nodes.slice(0, this.counts[at]).flat(), random)];
    });
    return this.fromChoices(choices);
  }

  /** `normal: 2 ← sep_conv_3x3(0) + skip_connect(1); … / reduction: …` */
  encode(genotype: CellPairGenotype): string {
    const own = this.own(genotype);
    return cellKinds.map((kind) => `${kind}: ${formatCell(own[kind]).join('; ')}`).join(' / ');
  }

  decode(text: string): CellPairGenotype {
    const cells = text.split(' / ').map((part, i): CellGenotype => {
      const prefix = `${cellKinds[i]}: `;
      if (!part.startsWith(prefix)) throw new RangeError(`${JSON.stringify(text)} is no pair of cells.`);
      const nodes = part
        .slice(prefix.length)
        .split('; ')
        .map((line) =>
          [...line.matchAll(/(\w+)\((\d+)\)/g)].map((match) => ({
            operation: canonicalOperation(match[1]!),
            input: Number(match[2]),
          })),
        );
      return cellOf(nodes);
    });
    const [normal, reduction] = cells;
    const edges = cells.flatMap(({ nodes }) => nodes.flat());
    const isKnown = edges.every(({ operation }) => operationNames.includes(operation));
    if (!normal || !reduction || cells.length > 2 || edges.length === 0 || !isKnown) {
      throw new RangeError(`${JSON.stringify(text)} is no pair of cells.`);
    }
    const genotype: CellPairGenotype = { space: 'cell', normal, reduction };
    requireInside(() => this.toChoices(genotype));
    return genotype;
  }

  /** Node by node what it computes from the inputs, sums and nodes in the order of their texts. */
  canonical(genotype: CellPairGenotype): string {
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

  features(genotype: CellPairGenotype): number[] {
    const choices = this.toChoices(genotype);
    const chosen = new Map(this.decisionsAt(choices).map(({ key }, i) => [key, choices[i]]));
    return cellKinds.flatMap((kind) => {
      const { count, nodes } = this.decisions[kind];
      const decisions = [...(count ? [count] : []), ...nodes.flat()];
      return decisions.flatMap(({ key, options }) => oneHotOf(options.length, chosen.get(key)));
    });
  }

  decide(choices: readonly number[]): Decision | undefined {
    return this.decisionsAt(choices)[choices.length];
  }

  fromChoices(choices: readonly number[]): CellPairGenotype {
    checkChoices(this.decisionsAt(choices), choices);
    let at = 0;
    const cell = (): CellGenotype => {
      const count = this.counts.length > 1 ? this.counts[choices[at++]!]! : this.options.nodes;
      const nodes = this.nodes.slice(0, count).map(({ sets }) => {
        const inputs = sets[choices[at++]!]!;
        return inputs.map((input) => ({ operation: this.names[choices[at++]!]!, input }));
      });
      return cellOf(nodes);
    };
    return { space: 'cell', normal: cell(), reduction: cell() };
  }

  toChoices(genotype: CellPairGenotype): number[] {
    const own = this.own(genotype);
    return cellKinds.flatMap((kind) => {
      const { nodes } = own[kind];
      const count = this.counts.indexOf(nodes.length);
      if (count < 0) throw new RangeError(`A cell of this space has ${this.counts.join(' or ')} nodes.`);
      const ofNodes = nodes.flatMap((unsorted, node) => {
        const edges = [...unsorted].sort((a, b) => a.input - b.input);
        const set = edges.map(({ input }) => input).join();
        const inputs = this.nodes[node]!.sets.findIndex((each) => each.join() === set);
        const operations = edges.map(({ operation }) => this.names.indexOf(operation));
        if (inputs >= 0 && !operations.includes(-1)) return [inputs, ...operations];
        throw new RangeError(`Node ${node + 2} of the ${kind} cell is none of this space.`);
      });
      return this.counts.length > 1 ? [count, ...ofNodes] : ofNodes;
    });
  }

  /** It has as many nodes as one of the parents, each node from one that has it (its inputs and operations together). */
  crossover(a: CellPairGenotype, b: CellPairGenotype, random: Random): CellPairGenotype {
    const [first, second] = [this.own(a), this.own(b)];
    const mix = (kind: CellKind): CellGenotype => {
      const [one, other] = [first[kind].nodes, second[kind].nodes];
      const { length } = one.length === other.length ? one : either(one, other, random);
      const nodes = Array.from({ length }, (_, i) =>
        one[i] && other[i] ? either(one[i], other[i], random) : (one[i] ?? other[i])!,
      );
      return cellOf(nodes);
    };
    return { space: 'cell', normal: mix('normal'), reduction: mix('reduction') };
  }

  proxy(genotype: CellPairGenotype, frame: NetworkFrame) {
    return planFoundNetwork(this.own(genotype), { ...this.options, ...frame });
  }

  proxyNetwork(frame: NetworkFrame): Skeleton {
    const { cells, channels, stemMultiplier } = this.options;
    return { cells, channels, stemMultiplier, ...frame };
  }

  private decisionsOf(kind: CellKind): CellDecisions {
    const count = { key: `${kind}.nodes`, kind: 'nodes', options: this.counts.map(String) };
    const nodes = this.nodes.map(({ sets, kept }, node) => {
      const key = `${kind}.${node + 2}`;
      const inputs = { key: `${key}.inputs`, kind: 'connection', options: sets.map((set) => set.join('+')) };
      const operations = Array.from({ length: kept }, (_, i) => ({
        key: `${key}.operation.${i}`,
        kind: 'operation',
        options: this.names,
      }));
      return [inputs, ...operations];
    });
    return { count: this.counts.length > 1 ? count : undefined, nodes };
  }

  /** The decisions on the way that begins with these choices, as far as they tell how many nodes the cells have. */
  private decisionsAt(choices: readonly number[]): Decision[] {
    const decisions: Decision[] = [];
    for (const kind of cellKinds) {
      const { count, nodes } = this.decisions[kind];
      const chosen = choices[decisions.length];
      if (count) decisions.push(count);
      const length = count ? this.counts[chosen ?? -1] : this.options.nodes;
      if (length === undefined) break;
      for (const ofNode of nodes.slice(0, length)) decisions.push(...ofNode);
    }
    return decisions;
  }

  private changeOperation(genotype: CellPairGenotype, random: Random): CellPairGenotype | undefined {
    const choices = this.toChoices(genotype);
    const changed = changeOneChoice(this.decisionsAt(choices), choices, 'operation', random);
    return changed && this.fromChoices(changed);
  }

  /** Moves one edge to another input. */
  private moveEdge(genotype: CellPairGenotype, random: Random): CellPairGenotype | undefined {
    const choices = this.toChoices(genotype);
    const decisions = this.decisionsAt(choices);
    const at = drawOpenDecision(decisions, 'connection', random);
    if (at === undefined) return undefined;
    const now = new Set(decisions[at]!.options[choices[at]!]!.split('+'));
    const near = decisions[at]!.options.flatMap((option, i) => {
      const moved = option.split('+').filter((input) => !now.has(input)).length;
      return moved === 1 ? [i] : [];
    });
    choices[at] = near[random.integer(near.length)]!;
    return this.fromChoices(choices);
  }

  private nodeMutations(): MutationOf<CellPairGenotype>[] {
    const mutation =
      (
        limit: number,
        change: (nodes: CellNodes, random: Random) => CellNodes,
      ): MutationOf<CellPairGenotype>['apply'] =>
      (genotype, random) => {
        const own = this.own(genotype);
        const open = cellKinds.filter((kind) => own[kind].nodes.length !== limit);
        if (open.length === 0) return undefined;
        const kind = open[random.integer(open.length)]!;
        return { ...own, [kind]: cellOf(change(own[kind].nodes, random)) };
      };
    return [
      {
        name: 'addNode',
        apply: mutation(this.options.nodes, (nodes, random) => this.addNode(nodes, random)),
      },
      {
        name: 'removeNode',
        apply: mutation(this.counts[0]!, (nodes, random) => this.removeNode(nodes, random)),
      },
    ];
  }

  /** At the end, where it can read every other. */
  private addNode(nodes: CellNodes, random: Random): CellNodes {
    const { sets } = this.nodes[nodes.length]!;
    const inputs = sets[random.integer(sets.length)]!;
    const edges = inputs.map((input) => ({
      operation: this.names[random.integer(this.names.length)]!,
      input,
    }));
    return [...nodes, edges];
  }

  /** Any of them. Edges that read it keep their operations and read something else, as far as there is anything left to read. */
  private removeNode(nodes: CellNodes, random: Random): CellNodes {
    const removed = random.integer(nodes.length);
    const state = removed + 2;
    const rest = nodes.filter((_, node) => node !== removed);
    return rest.map((edges, node) => {
      const kept = edges.filter(({ input }) => input !== state);
      const moved = kept.map((edge) => (edge.input > state ? { ...edge, input: edge.input - 1 } : edge));
      const orphan = edges.find(({ input }) => input === state);
      if (!orphan || moved.length >= this.nodes[node]!.kept) return moved;
      const taken = moved.map(({ input }) => input);
      const free = Array.from({ length: node + 2 }, (_, input) => input).filter(
        (each) => !taken.includes(each),
      );
      const input = free[random.integer(free.length)]!;
      return [...moved, { ...orphan, input }].sort((a, b) => a.input - b.input);
    });
  }

  private makeSupernet(): SupernetSpaceOf<CellPairGenotype> {
    const { options } = this;
    const { operations } = options;
    const edges = cellEdges(options.nodes);
    return {
      kinds: cellKinds,
      operations,
      edges,
      inputsPerNode: options.inputsPerNode,
      channels: options.channels,
      plainCells: plainCellCount(options.nodes, operations.length),
      plan: (frame, { partialChannels } = {}) =>
        planSupernet(options, { ...options, ...frame }, { partialChannels }),
      discretize: (weights) => discretize(options, weights),
      path: (genotype): EdgeWeights => {
        const own = this.own(genotype);
        const rows = (kind: CellKind): number[][] =>
          edges.map(({ node, from }) => {
            // A node that is not there adds nothing: what reads the cell's output then reads zeros.
            const edge = own[kind].nodes[node]?.find(({ input }) => input === from);
            return operations.map((name) => (name === edge?.operation ? 1 : 0));
          });
        return { normal: rows('normal'), reduction: rows('reduction') };
      },
    };
  }

  private own(genotype: CellPairGenotype): CellPairGenotype {
    return requireOwn(genotype, this.type);
  }
}
