/**
 * From a cell space or a genotype to a network plan: every layer of stem, cells and head with its shape. The supernet
 * and the found network are the same plan; in the supernet an edge has many candidates, in the found network one.
 */
import type { CellKind, Genotype, Skeleton } from '../genotype';
import { factorizedReduce, layersOutput, reluConvBn, type Layer, type Shape, type Stride } from '../layers';
import { operationNamed } from '../operations';
import { cellEdges, type CellSpace } from './space';

/** One operation on an edge. */
export interface CandidatePlan {
  readonly operation: string;
  readonly layers: readonly Layer[];
}

export interface EdgePlan {
  /** 0 and 1 are the cell's inputs, 2 … its nodes. */
  readonly from: number;
  readonly stride: Stride;
  readonly candidates: readonly CandidatePlan[];
}

export interface CellPlan {
  readonly kind: CellKind;
  /** Channels of every node. */
  readonly channels: number;
  /** Shapes of the outputs of the two cells before. */
  readonly inputs: readonly [Shape, Shape];
  /** Layers that bring each input to the cell's channels (and size). */
  readonly preprocess: readonly [readonly Layer[], readonly Layer[]];
  /** Shape of both inputs after `preprocess`. */
  readonly entry: Shape;
  /** Incoming edges of each node. */
  readonly nodes: readonly (readonly EdgePlan[])[];
  /** Nodes (numbered from 2) whose outputs are concatenated. */
  readonly concat: readonly number[];
  readonly output: Shape;
}

export interface NetworkPlan {
  readonly skeleton: Skeleton;
  readonly stem: readonly Layer[];
  readonly cells: readonly CellPlan[];
  /** Shape before global average pooling and the linear classifier (with bias). */
  readonly features: Shape;
}

/** Whether cell `index` of `cells` is a reduction cell: those at one and two thirds of the depth (DARTS). */
export function isReduction(index: number, cells: number): boolean {
  return index === Math.floor(cells / 3) || index === Math.floor((2 * cells) / 3);
}

interface CellTopology {
  readonly affine: boolean;
  nodes(kind: CellKind, site: (from: number) => { channels: number; stride: Stride }): EdgePlan[][];
  concat(kind: CellKind): readonly number[];
}

function planNetwork(skeleton: Skeleton, topology: CellTopology): NetworkPlan {
  const stem: Layer[] = [
    { kind: 'conv', kernel: 3, stride: 1, filters: skeleton.channels * skeleton.stemMultiplier },
    { kind: 'batchNorm', affine: true },
  ];
  let older = layersOutput(stem, skeleton.input);
  let newer = older;
  let channels = skeleton.channels;
  const cells: CellPlan[] = [];
  for (let index = 0; index < skeleton.cells; index++) {
    const kind: CellKind = isReduction(index, skeleton.cells) ? 'reduction' : 'normal';
    if (kind === 'reduction') channels *= 2;
    // The older input still has the size from before the last reduction when the previous cell was one.
    const olderIsLarger = index > 0 && isReduction(index - 1, skeleton.cells);
    const { affine } = topology;
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
    cells.push({ kind, channels, inputs: [older, newer], preprocess, entry, nodes, concat, output });
    older = newer;
    newer = output;
  }
  return { skeleton, stem, cells, features: newer };
}

/** The supernet: every edge holds every candidate operation, BN without scale and shift (DARTS). */
export function planSupernet(space: CellSpace, skeleton: Skeleton): NetworkPlan {
  const edges = cellEdges(space.nodes);
  return planNetwork(skeleton, {
    affine: false,
    concat: () => Array.from({ length: space.nodes }, (_, node) => node + 2),
    nodes: (_, site) =>
      Array.from({ length: space.nodes }, (_, node) =>
        edges
          .filter((edge) => edge.node === node)
          .map(({ from }): EdgePlan => {
            const { channels, stride } = site(from);
            const candidates = space.operations.map((name) => {
              const operation = operationNamed(name);
              const layers = operation.layers({ channels, stride, affine: false });
              if (operation.normalizedWhileSearching) layers.push({ kind: 'batchNorm', affine: false });
              return { operation: name, layers };
            });
            return { from, stride, candidates };
          }),
      ),
  });
}

/** The network of one genotype, BN with scale and shift. */
export function planFoundNetwork(genotype: Genotype, skeleton: Skeleton): NetworkPlan {
  return planNetwork(skeleton, {
    affine: true,
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
