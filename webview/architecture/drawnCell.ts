/** Cells in the one form that is drawn, as text and as numbers. */
import type { DrawnCell, DrawnCells } from '../../src/space/drawing';
import type { Genotype } from '../../src/space/genotype';
import { entryOf } from '../../src/space/registry';

/** Cells of a genotype; undefined where it has none. */
export function cellsOf(genotype: Genotype): DrawnCells | undefined {
  const drawing = entryOf(genotype).drawing(genotype);
  return drawing.kind === 'cells' ? drawing.cells : undefined;
}

/** Number of skip connections, the sign of a collapsing search. */
export function skipsOf(cell: DrawnCell): number {
  return cell.nodes.flat().filter((edge) => edge.operation === 'skip_connect').length;
}

/** One line a node: `2 ← sep_conv_3x3(0) + skip_connect(1)`, states by the names that `nameOf` gives them. */
export function cellLines({ nodes, inputs = 2 }: DrawnCell, nameOf: (state: number) => string): string[] {
  return nodes.map((edges, node) => {
    const sum = edges.map((edge) => `${edge.operation}(${nameOf(edge.input)})`).join(' + ');
    return `${nameOf(node + inputs)} ← ${sum || 'zeros'}`;
  });
}
