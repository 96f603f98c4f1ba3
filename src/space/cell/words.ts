/** What generated code says at its top of a network of cells. */
import type { FormattedPart, NetworkWords } from '../entry';
import { cellKinds, type CellKind, type Skeleton } from '../frame';
import { formatCell, type CellPairGenotype } from './genotype';
import { cellKind } from './plan';

/** A cell and where it stands; nothing where the network has none of its kind. */
function cellPart(genotype: CellPairGenotype, kind: CellKind, cells: number): FormattedPart[] {
  const at = [...Array(cells).keys()].filter((index) => cellKind(index, cells) === kind);
  if (at.length === 0) return [];
  const cell = genotype[kind];
  const title =
    kind === 'normal'
      ? 'Normal cell'
      : `Reduction cell (${at.length > 1 ? 'cells' : 'cell'} ${at.join(' and ')}, halves height and width)`;
  return [{ title, lines: [...formatCell(cell), `output ← concat(${cell.concat.join(', ')})`] }];
}

export function cellWords(genotype: CellPairGenotype, { cells, channels }: Skeleton): NetworkWords {
  return {
    body: [
      ...cellKinds.flatMap((kind) => cellPart(genotype, kind, cells)),
      'Inputs 0 and 1 of a cell are the outputs of the two cells before it (0 the older one), the rest are its nodes.',
    ],
    facts: [['Cells', `${cells}, counted from 0; ${channels} channels a node, doubled by each reduction`]],
    unused: 'cells do not read all their inputs',
  };
}
