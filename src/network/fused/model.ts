/** A network cut into blocks, with a place for every weight: what all programs of a network are written from. */
import { stateShape, type CellPlan } from '../../space/plan';
import type { Shape } from '../../space/layers';
import type { LayerStructure, LinearStructure, NetworkStructure } from '../structure';
import { inOperation, Unsupported } from '../unsupported';
import { allOf, blocksOf, normOf, type Block } from './block';
import { Geometry } from './images';
import type { Norm } from './norm';
import type { MixtureWeight } from './operation';
import { fitsPairs } from './pairs';
import { align } from './machine/placement';
import { nowhere, placeAt } from './machine/place';
import { stepOf, type Step } from './steps';
import { WeightStore, type Channels, type Matrix } from './weightStore';

/** Part of a state's channels that lies in a map of its own. */
export interface PieceShape {
  readonly geometry: Geometry;
  readonly channels: Channels;
}

export interface OperationModel {
  readonly operation: string;
  readonly blocks: readonly Block[];
  readonly hasWeights: boolean;
  readonly weight: MixtureWeight;
}

export interface EdgeModel {
  readonly from: number;
  readonly edge: number;
  /** By candidate; undefined for what gives zeros. */
  readonly operations: readonly (OperationModel | undefined)[];
  /** Over the channels that pass by. */
  readonly bypass?: OperationModel;
}

/** Linear layers from each piece read to each piece written, then BN. */
export interface ProjectionModel {
  readonly relu: boolean;
  /** [written][read] */
  readonly steps: readonly (readonly Step[])[];
  readonly norms: readonly Norm[];
  readonly pieces: readonly PieceShape[];
}

export interface CellModel {
  readonly plan: CellPlan;
  /** By input; undefined where the input has no layers before it. */
  readonly preprocess: readonly (ProjectionModel | undefined)[];
  /** By input without layers: its pieces in this cell, where it comes in others. */
  readonly regrouped: readonly (readonly PieceShape[] | undefined)[];
  readonly nodes: readonly (readonly EdgeModel[])[];
  /** Pieces of every node. */
  readonly pieces: readonly PieceShape[];
  /** Pixels around a node that operations read, in this cell or where a later one takes it as it is. */
  readonly border: number;
  /** Whether its operations can take two images at a time (`pairs.ts`). */
  readonly fitsPairs: boolean;
}

/** Pixels around the output of cell `index` (−1: the stem) that cells read which take it without preprocessing. */
function borderRead(cells: readonly CellModel[], index: number): number {
  const borders = [1, 2].map((ahead) => {
    const reader = cells[index + ahead];
    const input = (reader?.preprocess.length ?? 0) - ahead;
    return reader && input >= 0 && !reader.preprocess[input] ? reader.border : 0;
  });
  return Math.max(...borders);
}

/** The first 1/K of the channels and the others, or all of them. */
function piecesOf({ height, width, channels }: Shape, partial: number): PieceShape[] {
  const piece = (start: number, count: number): PieceShape => ({
    geometry: new Geometry(height, width, count),
    channels: { start, count },
  });
  const taking = channels / partial;
  return partial === 1 ? [piece(0, channels)] : [piece(0, taking), piece(taking, channels - taking)];
}

/** The linear layer that gives logits. */
export interface ClassifierModel {
  readonly weight: Matrix;
  readonly bias: Matrix;
}

/** What only training has. */
export interface AuxiliaryModel {
  /** The cell that it reads. */
  readonly from: number;
  readonly cell: CellModel;
  readonly head: Norm;
  readonly classifier: ClassifierModel;
}

export class NetworkModel {
  readonly store: WeightStore;
  readonly stem: ProjectionModel;
  readonly cells: readonly CellModel[];
  /** Pixels around the stem's output that operations read. */
  readonly stemBorder: number;
  /** BN and ReLU before the classifier. */
  readonly head: Norm | undefined;
  readonly features: readonly PieceShape[];
  readonly classifier: ClassifierModel;
  readonly auxiliary: AuxiliaryModel | undefined;
  /** Bytes from the store's end on that hold the mixture's weights, and behind them their gradients. */
  readonly mixtures: { readonly address: number; readonly count: number };
  /** First byte after everything that outlives a program. */
  readonly end: number;
  private readonly weights: MixtureWeight[] = [];

  /**
   * @param address where the weights start
   * @throws Unsupported where the network holds a layer without kernels
   */
  constructor(
    readonly structure: NetworkStructure,
    address: number,
  ) {
    this.store = new WeightStore(structure.layout, address);
    const { plan } = structure;
    if (plan.hidden) throw new Unsupported('a hidden layer before the classifier');
    const stemShape = structure.stem.at(-1)!.output;
    this.stem = this.projection(structure.stem, piecesOf(plan.input, 1), piecesOf(stemShape, 1));
    let older = piecesOf(stemShape, 1);
    let newer = older;
    const outputs: (readonly PieceShape[])[] = [];
    const cells = structure.cells.map((cell) => {
      const inputs = [older, newer].slice(-cell.plan.inputs.length);
      const model = this.cell(cell, inputs);
      older = newer;
      newer = outputPieces(model, inputs);
      outputs.push(newer);
      return model;
    });
    this.stemBorder = Math.max(1, borderRead(cells, -1));
    this.cells = cells.map((cell, i) => ({ ...cell, border: Math.max(cell.border, borderRead(cells, i)) }));
    this.features = structure.head.length > 0 ? piecesOf(plan.features, 1) : newer;
    this.head = this.headOf(structure.head);
    const counts = this.features.map(({ channels }) => channels.count);
    this.classifier = this.classifierOf(structure.classifier, counts);
    this.auxiliary = this.auxiliaryOf(structure, outputs);
    this.store.seal();
    const mixturesAt = this.store.end;
    const half = align(4 * this.weights.length);
    this.mixtures = { address: mixturesAt, count: this.weights.length };
    this.weights.forEach(({ value, gradient }, i) => {
      value.buffer.address = mixturesAt + 4 * i;
      gradient.buffer.address = mixturesAt + half + 4 * i;
    });
    this.end = mixturesAt + 2 * half;
  }

  /** Address of the gradients of the mixture's weights. */
  get mixtureGradients(): number {
    return this.mixtures.address + align(4 * this.mixtures.count);
  }

  /** The weights of all mixtures are numbered: cell by cell, edge by edge, candidates first, then what passes by. */
  private mixtureWeight(searched: boolean): MixtureWeight {
    if (!searched) return { value: nowhere, gradient: nowhere };
    const weight = { value: placeAt(0, 4), gradient: placeAt(0, 4) };
    this.weights.push(weight);
    return weight;
  }

  private projection(
    layers: readonly LayerStructure[],
    read: readonly PieceShape[],
    written: readonly PieceShape[],
  ): ProjectionModel {
    const relu = layers[0]?.layer.kind === 'relu';
    const [linear, norm, ...rest] = layers.slice(relu ? 1 : 0);
    if (!linear || norm?.layer.kind !== 'batchNorm' || rest.length > 0) {
      throw new Unsupported('inputs of cells other than one linear layer and BN');
    }
    return {
      relu,
      steps: written.map((to) => read.map((from) => stepOf(linear, from.channels, to.channels, this.store))),
      norms: written.map(({ channels }) => normOf(norm, channels, this.store)),
      pieces: written,
    };
  }

  private cell(
    cell: NetworkStructure['cells'][number],
    inputs: readonly (readonly PieceShape[])[],
  ): CellModel {
    const { plan } = cell;
    const searched = plan.kind !== 'fixed';
    const entry = piecesOf(plan.entry, plan.partial);
    const preprocess = cell.preprocess.map((layers, i) =>
      layers.length === 0 ? undefined : this.projection(layers, inputs[i]!, entry),
    );
    const regrouped = cell.preprocess.map((layers, i) =>
      layers.length === 0 && inputs[i]!.length !== entry.length ? entry : undefined,
    );
    const nodes = cell.nodes.map((edges) =>
      edges.map(({ from, edge, candidates, bypass }): EdgeModel => {
        const operations = candidates.map(({ operation, zeros, layers }) => {
          const weight = this.mixtureWeight(searched);
          return zeros ? undefined : this.operation(operation, layers, weight);
        });
        if (!bypass) return { from, edge, operations };
        return {
          from,
          edge,
          operations,
          bypass: this.operation('bypass', bypass, this.mixtureWeight(searched)),
        };
      }),
    );
    const first = nodes
      .flat()
      .flatMap(({ operations, bypass }) => [...operations, bypass].map((o) => o?.blocks[0]));
    const border = Math.max(1, ...first.map((block) => block?.steps[0]?.border ?? 0));
    const taking = nodes.flat().flatMap(({ operations }) => operations);
    return {
      plan,
      preprocess,
      regrouped,
      nodes,
      pieces: piecesOf(stateShape(plan, plan.inputs.length), plan.partial),
      border,
      fitsPairs: plan.partial > 1 && taking.every((operation) => !operation || fitsPairs(operation.blocks)),
    };
  }

  private operation(
    operation: string,
    layers: readonly LayerStructure[],
    weight: MixtureWeight,
  ): OperationModel {
    const blocks = inOperation(operation, () => blocksOf(layers, this.store));
    const hasWeights = blocks.some(
      ({ steps, norm }) => norm?.scale !== undefined || steps.some((s) => s.hasWeights),
    );
    return { operation, blocks, hasWeights, weight };
  }

  private classifierOf({ weight, bias }: LinearStructure, counts: readonly number[]): ClassifierModel {
    const { classes } = this.structure.plan;
    return {
      weight: this.store.linear(weight, counts),
      bias: this.store.vector(bias, allOf(classes)),
    };
  }

  /** @param outputs of the cells */
  private auxiliaryOf(
    { plan, auxiliary }: NetworkStructure,
    outputs: readonly (readonly PieceShape[])[],
  ): AuxiliaryModel | undefined {
    if (!plan.auxiliary || !auxiliary) return undefined;
    const { from } = plan.auxiliary;
    const cell = this.cell(auxiliary.cell, [outputs[from]!]);
    const { channels } = cell.pieces[0]!;
    const head = normOf(auxiliary.head[0]!, channels, this.store);
    return { from, cell, head, classifier: this.classifierOf(auxiliary.classifier, [channels.count]) };
  }

  private headOf(layers: readonly LayerStructure[]): Norm | undefined {
    if (layers.length === 0) return undefined;
    const [norm, relu, ...rest] = layers;
    const fits = norm!.layer.kind === 'batchNorm' && relu?.layer.kind === 'relu' && rest.length === 0;
    if (!fits) throw new Unsupported('heads other than BN and ReLU');
    return normOf(norm!, this.features[0]!.channels, this.store);
  }
}

/** The pieces of a cell's output, numbered among its channels. */
function outputPieces(
  { plan, pieces, preprocess, regrouped }: CellModel,
  inputs: readonly (readonly PieceShape[])[],
): PieceShape[] {
  let start = 0;
  return plan.concat.flatMap((state) => {
    const own =
      state >= plan.inputs.length
        ? pieces
        : (preprocess[state]?.pieces ?? regrouped[state] ?? inputs[state]!);
    return own.map(({ geometry, channels }) => {
      const shape = { geometry, channels: { start, count: channels.count } };
      start += channels.count;
      return shape;
    });
  });
}
