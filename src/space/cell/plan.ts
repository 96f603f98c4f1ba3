/** Network plans of stacked cells: the supernet with all candidates on every edge, and the network of a found pair of cells. */
import type { CellKind, Skeleton } from '../frame';
import { factorizedReduce, layersOutput, reluConvBn, type Layer, type Stride } from '../layers';
import { operationNamed } from '../operations';
import type { CandidatePlan, CellPlan, EdgePlan, NetworkPlan } from '../plan';
import { cellEdges, concatAll, type CellSpace } from './alpha';
import type { CellPairGenotype } from './genotype';

/** Whether cell `index` of `cells` is a reduction cell: those at one and two thirds of the depth (DARTS). */
export function isReduction(index: number, cells: number): boolean {
  return index === Math.floor(cells / 3) || index === Math.floor((2 * cells) / 3);
}

/** What cell `index` of `cells` is. */
export function cellKind(index: number, cells: number): CellKind {
  return isReduction(index, cells) ? 'reduction' : 'normal';
}

/**
 * The side that images need at least for a stack of cells: none of its reductions is to halve a single pixel.
 */
export function smallestSide(cells: number): number {
  const reductions = Array.from({ length: cells }, (_, i) => isReduction(i, cells)).filter(Boolean).length;
  return 2 ** reductions;
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
    const kind = cellKind(index, skeleton.cells);
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
  readonly partialChannels?: number;
}

/** @throws RangeError when the channels cannot be divided into `partialChannels` parts */
export function requireShare(channels: number, partialChannels: number): void {
  if (channels % partialChannels === 0) return;
  throw new RangeError(`${channels} channels cannot be divided into ${partialChannels} equal parts.`);
}

/**
 * The supernet: every edge holds every candidate operation.
 * @throws RangeError when the channels of the first cell cannot be divided by `partialChannels`
 */
export function planSupernet(
  space: CellSpace,
  skeleton: Skeleton,
  { partialChannels = 1 }: SupernetOptions = {},
): NetworkPlan {
  requireShare(skeleton.channels, partialChannels);
  const edges = cellEdges(space.nodes);
  return planNetwork(skeleton, {
    affine: false,
    partial: partialChannels,
    concat: () => concatAll(space.nodes),
    nodes: (_, site) =>
      Array.from({ length: space.nodes }, (_, node) =>
        edges
          .filter((edge) => edge.node === node)
          .map(({ from }): EdgePlan => {
            const { channels, stride } = site(from);
            const candidates = searchedCandidates(space.operations, channels / partialChannels, stride);
            if (partialChannels === 1) return { from, stride, candidates };
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
