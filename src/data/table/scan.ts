/**
 * What a table says of its pictures: label, split, group and path of each. It is read in pieces. Of a row, a number each is kept for
 * label, split and group, and its path where that is wanted; bytes of pictures are not touched.
 */
import { broken } from '../broken';
import { stopIfCancelled } from '../dataSet';
import type { RawLabel } from '../labels';
import { pathIn } from './cells';
import { type ColumnNames, type Columns, columnsOf } from './columns';
import { openTable } from './openTable';
import type { TableFile } from './tableFile';

export const partNames = ['train', 'val', 'test'] as const;
export type PartName = (typeof partNames)[number];

/** Words of a column of splits, in lower case. */
const splitWords: Readonly<Record<string, PartName>> = {
  ...{ train: 'train', training: 'train' },
  ...{ val: 'val', valid: 'val', validation: 'val', dev: 'val' },
  ...{ test: 'test', testing: 'test' },
};

/** A table that is part of a set. */
export interface TableSource {
  /** Absolute. */
  readonly file: string;
  /** Where all of the table is one part; else a column says it, or nothing does. */
  readonly part?: PartName;
}

/** A table of a set with the columns that it has. */
export interface OpenedTable {
  readonly table: TableFile;
  readonly columns: Columns;
  /** Its first row among those of all tables. */
  readonly first: number;
  readonly count: number;
}

/** All rows of the tables of a set, one table after the other. */
export interface ScannedRows {
  readonly tables: readonly OpenedTable[];
  readonly count: number;
  /** Of each row, a position in `labels`. */
  readonly labelOf: Int32Array;
  readonly labels: readonly RawLabel[];
  /** Names of all classes in their order, where the file has them. */
  readonly classNames?: readonly string[];
  /** Of each row, a position in `partNames`; undefined where nothing says it. */
  readonly partOf?: Int32Array;
  /** Of each row, a number for its group; undefined where nothing says it. */
  readonly groupOf?: Int32Array;
  /** Path of each row as it is written, where paths are wanted; undefined where there is none. */
  readonly paths: readonly (string | undefined)[];
}

export interface ScanOptions {
  readonly columns: ColumnNames;
  /** Whether the path of a row is kept. */
  keepsPath(row: number): boolean;
  readonly signal?: AbortSignal;
  onRows?(count: number): void;
}

/** Integers that grow in number. */
class Integers {
  private values = new Int32Array(1024);
  private length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  all(): Int32Array {
    return this.values.subarray(0, this.length);
  }
}

/** Numbers for values, in the order in which they come. */
class Numbered<T> {
  readonly values: T[] = [];
  private readonly numbers = new Map<T, number>();

  of(value: T): number {
    let number = this.numbers.get(value);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.numbers.set(value, number);
    }
    return number;
  }
}

/** A cell as an integer or a text; undefined where it is empty, null where it is neither. */
function plain(cell: unknown): number | string | undefined | null {
  if (cell === undefined || cell === null) return undefined;
  if (typeof cell === 'bigint') return Number(cell);
  if (typeof cell === 'number') return Number.isNaN(cell) ? undefined : cell;
  if (typeof cell === 'boolean') return String(cell);
  const text = cell instanceof Uint8Array ? new TextDecoder().decode(cell) : cell;
  if (typeof text !== 'string') return null;
  return text.trim() === '' ? undefined : text.trim();
}

/** Gathers the rows of the tables of a set. */
class Gathering {
  readonly tables: OpenedTable[] = [];
  readonly labels = new Numbered<number | string>();
  readonly labelOf = new Integers();
  readonly partOf = new Integers();
  readonly groupOf = new Integers();
  readonly paths: (string | undefined)[] = [];
  classNames?: readonly string[];
  private readonly groups = new Numbered<number | string>();
  private count = 0;

  constructor(private readonly options: ScanOptions) {}

  async add({ file, part }: TableSource): Promise<void> {
    const table = await openTable(file);
    const columns = columnsOf(table, this.options.columns, part === undefined);
    const names = table.classNames.get(columns.label);
    if (names) this.classNames ??= names;
    const { image, label, split, group } = columns;
    const hasPaths = !table.pictureColumns.has(image);
    const wanted = [label, split, group, hasPaths ? image : undefined].filter((name) => name !== undefined);
    const first = this.count;
    for await (const piece of table.pieces(wanted)) {
      stopIfCancelled(this.options.signal);
      const of = (name: string | undefined) => (name === undefined ? undefined : piece[wanted.indexOf(name)]);
      const [labels, splits, groups] = [of(label)!, of(split), of(group)];
      const images = hasPaths ? of(image) : undefined;
      for (let i = 0; i < labels.length; i++) {
        const row = this.count - first + 1;
        this.labelOf.push(this.label(labels[i], names, file, row));
        const own = part ?? (splits && splitOf(splits[i], file, row));
        if (own) this.partOf.push(partNames.indexOf(own));
        if (groups) this.groupOf.push(this.group(groups[i], file, row, group!));
        if (images && this.options.keepsPath(this.count)) this.paths[this.count] = pathIn(images[i]);
        this.count++;
      }
      this.options.onRows?.(this.count);
    }
    if (this.count === first) throw broken(file, 'has no rows.', 'A row names a picture and its class.');
    this.tables.push({ table, columns, first, count: this.count - first });
  }

  private label(cell: unknown, names: readonly string[] | undefined, file: string, row: number): number {
    const label = plain(cell);
    if (label === undefined) {
      throw broken(
        file,
        `row ${row} has no label.`,
        'Write the class of every picture, or leave the row out.',
      );
    }
    if (label === null) throw broken(file, `the label of row ${row} is no integer and no text.`);
    if (!names || typeof label !== 'number') return this.labels.of(label);
    const name = names[label];
    if (name !== undefined) return this.labels.of(name);
    throw broken(
      file,
      `row ${row} has the label ${label}, but the file names the classes 0 … ${names.length - 1}.`,
      'Leave out rows whose class is not known.',
    );
  }

  private group(cell: unknown, file: string, row: number, column: string): number {
    const group = plain(cell);
    if (group !== undefined && group !== null) return this.groups.of(group);
    throw broken(file, `row ${row} has no group in the column "${column}".`, 'Write one for every picture.');
  }
}

function splitOf(cell: unknown, file: string, row: number): PartName {
  const word = plain(cell);
  const part = typeof word === 'string' ? splitWords[word.toLowerCase()] : undefined;
  if (part !== undefined) return part;
  const what = word === undefined ? 'is empty' : `is ${JSON.stringify(word)}`;
  throw broken(file, `the split of row ${row} ${what}.`, 'It must be "train", "val" or "test".');
}

/** Texts that are all integers as numbers. */
function asNumbers(labels: readonly (number | string)[]): readonly RawLabel[] {
  const numbers = labels.map(Number);
  return numbers.every((value, i) => Number.isSafeInteger(value) && String(value) === String(labels[i]))
    ? numbers
    : labels;
}

/** @throws UserError for the first thing that is wrong in a table, with its row from 1 on */
export async function scanTables(
  sources: readonly TableSource[],
  options: ScanOptions,
): Promise<ScannedRows> {
  const rows = new Gathering(options);
  for (const source of sources) await rows.add(source);
  const labelOf = rows.labelOf.all();
  const { tables, classNames, paths } = rows;
  const whole = (values: Int32Array, what: string): Int32Array | undefined => {
    if (values.length === 0) return undefined;
    if (values.length === labelOf.length) return values;
    const without = tables.find(({ columns }) => columns.group === undefined)!.table.file;
    throw broken(without, `has no ${what}, others have.`, 'Add it, or leave it out of "columns".');
  };
  return {
    ...{ tables, count: labelOf.length, labelOf, paths },
    labels: asNumbers(rows.labels.values),
    classNames,
    partOf: whole(rows.partOf.all(), 'column of splits'),
    groupOf: whole(rows.groupOf.all(), 'column of groups'),
  };
}
