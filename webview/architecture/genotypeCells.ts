/** The cells of a genotype in the form in which they are drawn. */
import type { Genotype } from '../../src/space/genotype';
import type { DrawnKind } from './cellGraph';
import { drawnBench201, type DrawnCell } from './drawnCell';

/** The cells that are shown, by what they are called. */
export type ShownCells = Readonly<Partial<Record<DrawnKind, DrawnCell>>>;

/** Cells of a genotype; undefined where it has none. */
export function cellsOf(genotype: Genotype): ShownCells | undefined {
  if (genotype.space === 'cell') return { normal: genotype.normal, reduction: genotype.reduction };
  if (genotype.space === 'nasbench201') return { only: drawnBench201(genotype.operations) };
  return undefined;
}
