/**
 * Network plans of stacked cells: every layer of stem, cells and head with its shape. Supernets and found networks are
 * the same kind of plan; in a supernet an edge has many candidates, in a found network one.
 */
import type { CellKind, CellPairGenotype, Skeleton } from '../genotype';
import {
  factorizedReduce,
  layersOutput,
  reluConvBn,
  type Activation,
  type Layer,
  type Shape,
  type Stride,
} from '../layers';
import { operationNamed } from '../operations';
import { cellEdges, type CellSpace } from './space';

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
}

/** Values of an image that the classifier reads. */
export function classifierInputs({ features, hidden }: NetworkPlan): number {
  return hidden?.units ?? features.channels;
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

/** Whether cell `index` of `cells` is a reduction cell: those at one and two thirds of the depth (DARTS). */
export function isReduction(index: number, cells: number): boolean {
  return index === Math.floor(cells / 3) || index === Math.floor((2 * cells) / 3);
}

interface CellTopology {
  readonly affine: boolean;
  readonly partial: number;
  nodes(kind: CellKind, site: (from: number) => { channels: number; stride: Stride }): EdgePlan[][];
  concat(kind: CellKind): readonly number[];
}

function planNetwork(skeleton: Skeleton, topology: CellTopology): NetworkPlan {
  const { input, classes } = skeleton;
  const stem: Layer[] = [
    { kind: 'conv', kernel: 3, stride: 1, filters: skeleton.channels * skeleton.stemMultiplier },
    { kind: 'batchNorm', affine: true },
  ];
  let older = layersOutput(stem, input);
  let newer = older;
  let channels = skeleton.channels;
  const cells: CellPlan[] = [];
  for (let index = 0; index < skeleton.cells; index++) {
    const kind: CellKind = isReduction(index, skeleton.cells) ? 'reduction' : 'normal';
    if (kind === 'reduction') channels *= 2;
    // The older input still has the size from before the last reduction when the previous cell was one.
    const olderIsLarger = index > 0 && isReduction(index - 1, skeleton.cells);
    const { affine, partial } = topology;
    const preprocess = [
      olderIsLarger ? factorizedReduce(channels, affine) : reluConvBn(channels, affine),
      reluConvBn(channels, affine),
    ] as const;
    const entry = layersOutput(preprocess[1], newer);
    const nodes = topology.nodes(kind, (from) => ({
      channels,
      stride: kind === 'reduction' && from < 2 ? 2 : 1,
    }));
    const concat = topology.concat(kind);
    const inside = layersOutput([{ kind: 'zero', stride: kind === 'reduction' ? 2 : 1 }], entry);
    const output = { ...inside, channels: channels * concat.length };
    cells.push({ kind, channels, partial, inputs: [older, newer], preprocess, entry, nodes, concat, output });
    older = newer;
    newer = output;
  }
  return { input, classes, stem, cells, head: [], features: newer };
}

/** All operations of a space as candidates of one edge, BN without scale and shift (DARTS). */
function searchedCandidates(
  operations: readonly string[],
  channels: number,
  stride: Stride,
): CandidatePlan[] {
  return operations.map((name) => {
    const operation = operationNamed(name);
    const layers = operation.layers({ channels, stride, affine: false });
    if (operation.normalizedWhileSearching) layers.push({ kind: 'batchNorm', affine: false });
    return { operation: name, layers };
  });
}

export interface SupernetOptions {
  /** K: 1/K of the channels go through the operations; 4 in PC-DARTS, 1 (all of them) in DARTS. */
  readonly channelShare?: number;
}

/** @throws RangeError when the channels cannot be divided into `channelShare` parts */
export function requireShare(channels: number, channelShare: number): void {
  if (channels % channelShare === 0) return;
  throw new RangeError(`${channels} channels cannot be divided into ${channelShare} equal parts.`);
}

/**
 * The supernet: every edge holds every candidate operation.
 * @throws RangeError when the channels of the first cell cannot be divided by `channelShare`
 */
export function planSupernet(
  space: CellSpace,
  skeleton: Skeleton,
  { channelShare = 1 }: SupernetOptions = {},
): NetworkPlan {
  requireShare(skeleton.channels, channelShare);
  const edges = cellEdges(space.nodes);
  return planNetwork(skeleton, {
    affine: false,
    partial: channelShare,
    concat: () => Array.from({ length: space.nodes }, (_, node) => node + 2),
    nodes: (_, site) =>
      Array.from({ length: space.nodes }, (_, node) =>
        edges
          .filter((edge) => edge.node === node)
          .map(({ from }): EdgePlan => {
            const { channels, stride } = site(from);
            const candidates = searchedCandidates(space.operations, channels / channelShare, stride);
            if (channelShare === 1) return { from, stride, candidates };
            const bypass: Layer[] = stride === 2 ? [{ kind: 'maxPool', kernel: 2, stride }] : [];
            return { from, stride, candidates, bypass };
          }),
      ),
  });
}

/** The network of one genotype, BN with scale and shift. */
export function planFoundNetwork(genotype: CellPairGenotype, skeleton: Skeleton): NetworkPlan {
  return planNetwork(skeleton, {
    affine: true,
    partial: 1,
    concat: (kind) => genotype[kind].concat,
    nodes: (kind, site) =>
      genotype[kind].nodes.map((edges) =>
        edges.map(({ operation, input }): EdgePlan => {
          const { channels, stride } = site(input);
          const layers = operationNamed(operation).layers({ channels, stride, affine: true });
          return { from: input, stride, candidates: [{ operation, layers }] };
        }),
      ),
  });
}
