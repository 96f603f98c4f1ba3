/** The confusion matrix as it is drawn, and the rows of the table beside it. Pure, for tests. */
import { countsOf, type TestReport } from '../../src/protocol/testReport';
import { classScores, type ClassScore } from '../../src/scores';

/** More classes are drawn as the most mistaken ones and all others in one row and column. */
export const mostDrawn = 30;

export interface ConfusionRow {
  readonly name: string;
  /** Images of the class by what they were taken for, in the order of `columns`. */
  readonly counts: readonly number[];
  /** Column of the class itself; −1 for that of all others. */
  readonly own: number;
}

export interface ConfusionModel {
  /** Names over the columns, which are those of the rows. */
  readonly columns: readonly string[];
  readonly rows: readonly ConfusionRow[];
  /** Classes that are drawn one by one. */
  readonly drawn: number;
}

export interface ClassRow extends ClassScore {
  readonly name: string;
}

/** By class, in their order. */
export function classRows(report: TestReport): ClassRow[] {
  return classScores(countsOf(report)).map((score, k) => ({ name: report.classNames[k]!, ...score }));
}

/** The classes with the most mistakes, both of their own images and for them, in the order of the classes. */
function mostMistaken({ classNames, confusion }: TestReport): number[] {
  const mistakes = classNames.map(() => 0);
  for (const [truth, predicted, images] of confusion) {
    if (truth === predicted) continue;
    mistakes[truth]! += images;
    mistakes[predicted]! += images;
  }
  return [...classNames.keys()]
    .sort((a, b) => mistakes[b]! - mistakes[a]! || a - b)
    .slice(0, mostDrawn)
    .sort((a, b) => a - b);
}

export function confusionModel(report: TestReport): ConfusionModel {
  const { classNames, confusion } = report;
  const drawn = mostMistaken(report);
  const place = new Map(drawn.map((k, i) => [k, i]));
  const others = classNames.length - drawn.length;
  const columns = drawn.map((k) => classNames[k]!);
  if (others > 0) columns.push(`${others} others`);
  const counts = columns.map(() => columns.map(() => 0));
  for (const [truth, predicted, images] of confusion) {
    counts[place.get(truth) ?? drawn.length]![place.get(predicted) ?? drawn.length]! += images;
  }
  const rows = columns.map((name, i) => ({ name, counts: counts[i]!, own: i < drawn.length ? i : -1 }));
  return { columns, rows, drawn: drawn.length };
}

/** Share of a row's images in a cell, 0 … 1, which its colour follows. */
export function shareOf({ counts }: ConfusionRow, column: number): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return all === 0 ? 0 : counts[column]! / all;
}
