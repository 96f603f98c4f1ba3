/**
 * α of the cell search space (NASNet, DARTS): which edges its rows are of, how it becomes a genotype (section 2.4), and how
 * far it is from one.
 */
import { isConnection } from '../operations';
import type { CellGenotype, CellPairGenotype, GenotypeEdge } from './genotype';

export interface CellSpace {
  /** Candidate operations of every edge, by name. */
  readonly operations: readonly string[];
  /** Intermediate nodes of a cell. */
  readonly nodes: number;
  /** Incoming edges that each node of a found cell keeps. */
  readonly inputsPerNode: number;
}

/**
 * K^(N(N−1)/2): cells of N nodes in which every pair of nodes is joined by one of K operations, the estimate that is often
 * given for the size of a cell space. 4 nodes and 8 operations make 262,144. A cell of DARTS has two inputs more, keeps
 * some of its edges and never `none`, so that its true number (`SearchSpace.size`) is another.
 */
export function plainCellCount(nodes: number, operations: number): bigint {
  return BigInt(operations) ** BigInt((nodes * (nodes - 1)) / 2);
}

/** α of one cell kind: one row an edge, one column an operation. */
export type AlphaMatrix = readonly (readonly number[])[];

/** An edge of the supernet's cell: from input or node `from` to node `node` (0 = first intermediate node). */
export interface CellEdge {
  readonly node: number;
  readonly from: number;
}

/** Edges in the order of α's rows: all inputs of node 0, then of node 1, … (DARTS). 4 nodes have 14. */
export function cellEdges(nodes: number): CellEdge[] {
  return Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: node + 2 }, (_, from) => ({ node, from })),
  ).flat();
}

/** Operations that a found cell may hold: all but `none`. */
export function selectableOperations(space: CellSpace): string[] {
  return space.operations.filter(isConnection);
}

/** Inputs that node `node` of a found cell keeps: fewer where it cannot have so many. */
export function keptInputs(space: Pick<CellSpace, 'inputsPerNode'>, node: number): number {
  return Math.min(space.inputsPerNode, node + 2);
}

/** All nodes, numbered as in a genotype: what the output of a found cell is made of. */
export function concatAll(nodes: number): number[] {
  return Array.from({ length: nodes }, (_, node) => node + 2);
}

/** Softmax of one row of α. */
export function softmax(row: readonly number[]): number[] {
  const max = Math.max(...row);
  const exponentials = row.map((value) => Math.exp(value - max));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/**
 * The cell that mixture weights (after the softmax) stand for: per node the edges with the largest non-none weight, on each
 * its best non-none operation (DARTS, section 2.4). Ties go to the earlier edge and operation.
 */
export function discretizeCell(space: CellSpace, mixture: AlphaMatrix): CellGenotype {
  const isChoice = space.operations.map(isConnection);
  const strongest = cellEdges(space.nodes).map((edge, index) => {
    const weights = mixture[index]!;
    let best = -1;
    weights.forEach((weight, k) => {
      if (isChoice[k] && (best < 0 || weight > weights[best]!)) best = k;
    });
    return { ...edge, operation: space.operations[best]!, weight: weights[best]! };
  });
  const nodes = Array.from({ length: space.nodes }, (_, node): GenotypeEdge[] =>
    strongest
      .filter((edge) => edge.node === node)
      .sort((a, b) => b.weight - a.weight || a.from - b.from)
      .slice(0, keptInputs(space, node))
      .sort((a, b) => a.from - b.from)
      .map((edge) => ({ operation: edge.operation, input: edge.from })),
  );
  return { nodes, concat: concatAll(space.nodes) };
}

/** Discretizes both cell kinds. */
export function discretize(
  space: CellSpace,
  mixture: { normal: AlphaMatrix; reduction: AlphaMatrix },
): CellPairGenotype {
  return {
    space: 'cell',
    normal: discretizeCell(space, mixture.normal),
    reduction: discretizeCell(space, mixture.reduction),
  };
}

/** Mean entropy of the rows' softmax in nats: ln(K) when α is undecided, 0 when every edge has chosen. */
export function alphaEntropy(alpha: AlphaMatrix): number {
  const entropies = alpha.map((row) =>
    softmax(row).reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0),
  );
  return entropies.reduce((sum, h) => sum + h, 0) / Math.max(1, entropies.length);
}
