/** Cells of every cell space in the one form that is drawn: states, what leads into each, and what the output is. */
import type { GenotypeEdge } from '../../src/space/cell/genotype';
import type { Bench201Genotype } from '../../src/space/bench201/genotype';

/** A `CellGenotype` is one as it stands. */
export interface DrawnCell {
  /** Outputs of earlier cells that the cell reads: the first states; the nodes follow. 2 unless given. */
  readonly inputs?: number;
  /** Edges into each node. */
  readonly nodes: readonly (readonly GenotypeEdge[])[];
  /** States whose concatenation is the output; undefined: the last node is the output. */
  readonly concat?: readonly number[];
}

/** The one cell of NAS-Bench-201: one input, all six edges, those of `none` too. */
export function drawnBench201(operations: Bench201Genotype['operations']): DrawnCell {
  const names = operations.values();
  const nodes = [1, 2, 3].map((node) =>
    Array.from({ length: node }, (_, input) => ({ operation: names.next().value!, input })),
  );
  return { inputs: 1, nodes };
}

/** Number of skip connections, the sign of a collapsing search. */
export function skipsOf(cell: DrawnCell): number {
  return cell.nodes.flat().filter((edge) => edge.operation === 'skip_connect').length;
}

/** One line a node: `2 ← sep_conv_3x3(0) + skip_connect(1)`, states by the names that `nameOf` gives them. */
export function cellLines({ nodes, inputs = 2 }: DrawnCell, nameOf: (state: number) => string): string[] {
  return nodes.map((edges, node) => {
    const sum = edges.map((edge) => `${edge.operation}(${nameOf(edge.input)})`).join(' + ');
    return `${nameOf(node + inputs)} ← ${sum}`;
  });
}
