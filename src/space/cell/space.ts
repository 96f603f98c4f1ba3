/**
 * The cell search space (NASNet, DARTS): which edges a cell has, how many architectures that makes, how one is drawn
 * at random, and how α becomes a genotype.
 */
import type { Random } from '../../random';
import type { CellGenotype, Genotype, GenotypeEdge } from '../genotype';

export interface CellSpace {
  /** Candidate operations of every edge, by name. */
  readonly operations: readonly string[];
  /** Intermediate nodes of a cell. */
  readonly nodes: number;
  /** Incoming edges that each node of a found cell keeps. */
  readonly inputsPerNode: number;
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
  return space.operations.filter((name) => name !== 'none');
}

function binomial(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 1; i <= k; i++) result = (result * BigInt(n - k + i)) / BigInt(i);
  return result;
}

/** Inputs that node `node` of a found cell keeps: fewer where it cannot have so many. */
function keptInputs(space: CellSpace, node: number): number {
  return Math.min(space.inputsPerNode, node + 2);
}

/**
 * Exact number of genotypes: per node the choices of inputs times the operations on each, over the nodes of a cell,
 * squared for the two cell kinds. DARTS's space (4 nodes, 7 operations): about 10^18.
 */
export function spaceSize(space: CellSpace): bigint {
  const choices = BigInt(selectableOperations(space).length);
  let cell = 1n;
  for (let node = 0; node < space.nodes; node++) {
    const kept = keptInputs(space, node);
    cell *= binomial(node + 2, kept) * choices ** BigInt(kept);
  }
  return cell * cell;
}

function concatAll(nodes: number): number[] {
  return Array.from({ length: nodes }, (_, node) => node + 2);
}

function sampleCell(space: CellSpace, random: Random): CellGenotype {
  const names = selectableOperations(space);
  const nodes = Array.from({ length: space.nodes }, (_, node): GenotypeEdge[] => {
    const inputs = random.shuffle(Array.from({ length: node + 2 }, (_, i) => i));
    const kept = inputs.slice(0, keptInputs(space, node)).sort((a, b) => a - b);
    return kept.map((input) => ({ operation: names[random.integer(names.length)]!, input }));
  });
  return { nodes, concat: concatAll(space.nodes) };
}

/** A genotype drawn uniformly from the space. */
export function sampleGenotype(space: CellSpace, random: Random): Genotype {
  return { normal: sampleCell(space, random), reduction: sampleCell(space, random) };
}

/** Softmax of one row of α. */
export function softmax(row: readonly number[]): number[] {
  const max = Math.max(...row);
  const exponentials = row.map((value) => Math.exp(value - max));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/**
 * The genotype that α stands for: per node the edges with the largest non-none softmax weight, on each its best
 * non-none operation (DARTS, section 2.4). Ties go to the earlier edge and operation.
 */
export function discretizeCell(space: CellSpace, alpha: AlphaMatrix): CellGenotype {
  const strongest = cellEdges(space.nodes).map((edge, index) => {
    const weights = softmax(alpha[index]!);
    let best = -1;
    weights.forEach((weight, k) => {
      if (space.operations[k] !== 'none' && (best < 0 || weight > weights[best]!)) best = k;
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
  alpha: { normal: AlphaMatrix; reduction: AlphaMatrix },
): Genotype {
  return { normal: discretizeCell(space, alpha.normal), reduction: discretizeCell(space, alpha.reduction) };
}

/** Mean entropy of the rows' softmax in nats: ln(K) when α is undecided, 0 when every edge has chosen. */
export function alphaEntropy(alpha: AlphaMatrix): number {
  const entropies = alpha.map((row) =>
    softmax(row).reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0),
  );
  return entropies.reduce((sum, h) => sum + h, 0) / Math.max(1, entropies.length);
}
