/**
 * Network plans: every layer of stem, cells and head with its shape. Supernets and found networks are the same kind of
 * plan; in a supernet an edge has many candidates, in a found network one. Every space writes its networks as such plans.
 */
import type { CellKind } from './frame';
import { layersOutput, type Activation, type Layer, type Shape, type Stride } from './layers';

/** One operation on an edge. */
export interface CandidatePlan {
  readonly operation: string;
  readonly layers: readonly Layer[];
}

export interface EdgePlan {
  /** State that the edge reads: the cell's inputs come first, then its nodes. */
  readonly from: number;
  readonly stride: Stride;
  readonly candidates: readonly CandidatePlan[];
  /** Layers over the channels that pass by the candidates; only in cells with partial channels. */
  readonly bypass?: readonly Layer[];
}

export interface CellPlan {
  /** `fixed`: nothing is searched, all candidates have weight 1. */
  readonly kind: CellKind | 'fixed';
  /** Channels of every node. */
  readonly channels: number;
  /**
   * K: the candidates see the first 1/K of the channels, the others pass by them and are concatenated behind; the sum of
   * a node's edges is then shuffled in K groups. 1 in all cells but those of PC-DARTS (Xu et al., 2020), which shuffles
   * every edge: a shuffle is linear and the same for all of them, so that one after the sum does.
   */
  readonly partial: number;
  /** Shapes of the outputs of the cells before: the two last, older first, or only the last. */
  readonly inputs: readonly Shape[];
  /** Layers that bring each input to the cell's channels (and size). */
  readonly preprocess: readonly (readonly Layer[])[];
  /** Shape of every input after `preprocess`. */
  readonly entry: Shape;
  /** Incoming edges of each node, whose outputs are added. */
  readonly nodes: readonly (readonly EdgePlan[])[];
  /** States whose values are concatenated into the output. */
  readonly concat: readonly number[];
  readonly output: Shape;
}

export interface NetworkPlan {
  /** Shape of the images. */
  readonly input: Shape;
  readonly classes: number;
  readonly stem: readonly Layer[];
  readonly cells: readonly CellPlan[];
  /** Layers between the last cell and global average pooling. */
  readonly head: readonly Layer[];
  /** Shape before global average pooling and the linear classifier (with bias). */
  readonly features: Shape;
  /** Linear layer with bias and its nonlinearity between pooling and classifier (MobileNetV3). */
  readonly hidden?: { readonly units: number; readonly activation: Activation };
  /** What training has beside the network, where it does. */
  readonly auxiliary?: AuxiliaryPlan;
}

/**
 * A second classifier in the middle of a network (Szegedy et al., 2015, section 5), there while it trains and in nothing that
 * is kept of it: its loss times `weight` is added to that of the network.
 */
export interface AuxiliaryPlan {
  /** The cell whose output it reads. */
  readonly from: number;
  readonly weight: number;
  readonly cell: CellPlan;
  /** Layers between its cell and global average pooling. */
  readonly head: readonly Layer[];
}

/** Values of an image that the classifier reads. */
export function classifierInputs({ features, hidden }: NetworkPlan): number {
  return hidden?.units ?? features.channels;
}

/** Whether any layer of a network is of a kind, also inside of branches. */
export function hasLayer({ stem, cells, head }: NetworkPlan, kind: Layer['kind']): boolean {
  const among = (layers: readonly Layer[]): boolean =>
    layers.some((layer) => layer.kind === kind || (layer.kind === 'parallel' && layer.branches.some(among)));
  const inCell = ({ preprocess, nodes }: CellPlan): boolean =>
    preprocess.some(among) ||
    nodes.flat().some(({ candidates }) => candidates.some(({ layers }) => among(layers)));
  return among(stem) || cells.some(inCell) || among(head);
}

/** Shape of one state of a cell: an input after its preprocessing, or a node. */
export function stateShape(cell: CellPlan, state: number): Shape {
  return state < cell.inputs.length ? cell.entry : { ...cell.output, channels: cell.channels };
}

/**
 * A cell in which nothing is searched: one input, one node, the candidates over the same input added.
 * @param candidates all with outputs of one shape
 * @param keepsInput whether the input is concatenated before the node
 */
export function fixedCell(
  input: Shape,
  stride: Stride,
  candidates: readonly CandidatePlan[],
  keepsInput = false,
): CellPlan {
  const node = layersOutput(candidates[0]!.layers, input);
  return {
    kind: 'fixed',
    channels: node.channels,
    partial: 1,
    inputs: [input],
    preprocess: [[]],
    entry: input,
    nodes: [[{ from: 0, stride, candidates }]],
    concat: keepsInput ? [0, 1] : [1],
    output: keepsInput ? { ...node, channels: input.channels + node.channels } : node,
  };
}
