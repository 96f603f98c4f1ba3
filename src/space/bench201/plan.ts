/**
 * Network plans of NAS-Bench-201 (Dong & Yang, 2020): one cell of three nodes, every node fed by all states before it, in
 * three stages of N cells with a residual block of stride 2 between them.
 */
import { layersOutput, type Layer, type Shape } from '../layers';
import { operationNamed } from '../operations';
import { requireShare, type SupernetOptions } from '../cell/plan';
import { fixedCell, type CandidatePlan, type CellPlan, type EdgePlan, type NetworkPlan } from '../plan';

/** The operations of the paper. */
export const bench201Operations: readonly string[] = [
  'none',
  'skip_connect',
  'conv_1x1',
  'conv_3x3',
  'avg_pool_3x3',
];

/** Edges of the cell in the paper's order, 0 being the input: 0→1, 0→2, 1→2, 0→3, 1→3, 2→3. */
const edgeCount = 6;

/** 16 channels and 5 cells a stage in the paper. */
export interface Bench201Skeleton {
  /** Channels of the first stage; doubled by each later one. */
  readonly channels: number;
  readonly cellsPerStage: number;
  readonly input: Shape;
  readonly classes: number;
}

/** ReLU, 3 × 3 convolution, BN. */
function reluConv3x3Bn(filters: number, stride: 1 | 2): Layer[] {
  return [
    { kind: 'relu' },
    { kind: 'conv', kernel: 3, stride, filters },
    { kind: 'batchNorm', affine: true },
  ];
}

/** Halves the size and doubles the channels: two convolutions beside a shortcut, added. */
function residualBlock(input: Shape): CellPlan {
  const channels = 2 * input.channels;
  const residual = [...reluConv3x3Bn(channels, 2), ...reluConv3x3Bn(channels, 1)];
  const shortcut: Layer[] = [
    { kind: 'avgPool', kernel: 2, stride: 2 },
    { kind: 'conv', kernel: 1, stride: 1, filters: channels },
  ];
  const candidates = [
    { operation: 'residual', layers: residual },
    { operation: 'shortcut', layers: shortcut },
  ];
  return fixedCell(input, 2, candidates);
}

type CandidatesOf = (edge: number, channels: number) => readonly CandidatePlan[];

/** A cell keeps the shape of its input. @param partial K of partial channels */
function stageCell(input: Shape, candidatesOf: CandidatesOf, partial: number): CellPlan {
  let edge = 0;
  const nodes = [1, 2, 3].map((node) =>
    Array.from({ length: node }, (_, from): EdgePlan => {
      const candidates = candidatesOf(edge++, input.channels / partial);
      return { from, stride: 1, candidates, ...(partial > 1 ? { bypass: [] } : {}) };
    }),
  );
  return {
    kind: 'normal',
    channels: input.channels,
    partial,
    inputs: [input],
    preprocess: [[]],
    entry: input,
    nodes,
    concat: [3],
    output: input,
  };
}

function planNetwork(skeleton: Bench201Skeleton, candidatesOf: CandidatesOf, partial = 1): NetworkPlan {
  const { channels, cellsPerStage, input, classes } = skeleton;
  const batchNorm: Layer = { kind: 'batchNorm', affine: true };
  const stem: Layer[] = [{ kind: 'conv', kernel: 3, stride: 1, filters: channels }, batchNorm];
  const cells: CellPlan[] = [];
  let shape = layersOutput(stem, input);
  for (const stage of [0, 1, 2]) {
    if (stage > 0) {
      const block = residualBlock(shape);
      cells.push(block);
      shape = block.output;
    }
    for (let i = 0; i < cellsPerStage; i++) cells.push(stageCell(shape, candidatesOf, partial));
  }
  return { input, classes, stem, cells, head: [batchNorm, { kind: 'relu' }], features: shape };
}

function candidate(operation: string, channels: number, affine: boolean): CandidatePlan {
  return { operation, layers: operationNamed(operation).layers({ channels, stride: 1, affine }) };
}

/**
 * Every edge of the cell holds every operation, BN without scale and shift in the candidates; no BN after pools. Partial
 * channels (Xu et al., 2020) are those of the cells; the residual blocks between the stages keep theirs whole.
 * @throws RangeError when the channels of the first stage cannot be divided by `partialChannels`
 */
export function planBench201Supernet(
  operations: readonly string[],
  skeleton: Bench201Skeleton,
  { partialChannels = 1 }: SupernetOptions = {},
): NetworkPlan {
  requireShare(skeleton.channels, partialChannels);
  const candidatesOf: CandidatesOf = (_, channels) =>
    operations.map((operation) => candidate(operation, channels, false));
  return planNetwork(skeleton, candidatesOf, partialChannels);
}

/**
 * The network of one cell of the benchmark, BN with scale and shift.
 * @param cell operation of each of the six edges, in the paper's order
 * @throws RangeError for another number of edges
 */
export function planBench201Network(cell: readonly string[], skeleton: Bench201Skeleton): NetworkPlan {
  if (cell.length !== edgeCount) {
    throw new RangeError(`A cell of NAS-Bench-201 has ${edgeCount} edges, not ${cell.length}.`);
  }
  return planNetwork(skeleton, (edge, channels) => [candidate(cell[edge]!, channels, true)]);
}
