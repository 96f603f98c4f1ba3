/** The pictures of a table's rows: files that it names, or bytes that it holds; of Parquet, one row group is held at a time. */
import { readFile } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { BrokenPicture, parseHeader, type PictureHeader } from '../pictures/header';
import type { KeptHeader } from '../pictures/pictureFile';
import {
  headerOf,
  lookedAt,
  type LookedAt,
  type PictureShapes,
  type PictureSource,
  positionsLookedAt,
  shapesOf,
} from '../pictures/reading';
import { bytesIn, pathIn } from './cells';
import { Places } from './places';
import type { OpenedTable, ScannedRows } from './scan';

/** Bytes of pictures in tables that are looked at for the facts, at most; a run of rows more or less. */
const mostLooked = 64 * 1024 * 1024;
/** Runs of rows that are looked at, evenly over the table. */
const runsLookedAt = 8;

function whereOf(row: number): string {
  return `row ${row + 1}`;
}

function holdsPictures({ table, columns }: OpenedTable): boolean {
  return table.pictureColumns.has(columns.image);
}

/**
 * Whether the path of a row is kept for the facts: all of the first thousands, then ever fewer, so that a table of any length is
 * looked at from its beginning to its end.
 */
export function isLookedAt(row: number): boolean {
  return row % 2 ** Math.max(0, Math.floor(Math.log2(row / lookedAt))) === 0;
}

/** Headers of pictures in tables, as long as size and time of the table are the same. */
const known = new Map<string, { readonly stamp: string; readonly headers: readonly LookedAt[] }>();

/** Headers of some pictures that a table holds. */
async function headersInside(opened: OpenedTable): Promise<readonly LookedAt[]> {
  const { table, columns } = opened;
  const { size, mtimeMs } = statSync(table.file);
  const [key, stamp] = [`${columns.image} ${table.file}`, `${size} ${mtimeMs}`];
  const before = known.get(key);
  if (before?.stamp === stamp) return before.headers;
  const places = new Places(table.file);
  const starts = table.runs!();
  const runs = starts.length - 1;
  const chosen = Math.min(runs, runsLookedAt);
  const headers: LookedAt[] = [];
  let bytes = 0;
  for (let i = 0; i < chosen && bytes < mostLooked; i++) {
    const index = Math.floor((i * runs) / chosen);
    const cells = await table.run!(columns.image, index);
    for (let at = 0; at < cells.length; at++) bytes += bytesIn(cells[at])?.length ?? 0;
    for (const at of positionsLookedAt(cells.length, Math.ceil(lookedAt / chosen))) {
      const where = whereOf(starts[index]! + at);
      headers.push([`${where} of ${table.file}`, headerIn(cells[at], places, where)]);
    }
  }
  if (known.size >= runsLookedAt) known.clear();
  known.set(key, { stamp, headers });
  return headers;
}

function headerIn(cell: unknown, places: Places, where: string): PictureHeader | undefined {
  const bytes = bytesIn(cell);
  if (!bytes) {
    const written = pathIn(cell);
    return written === undefined ? undefined : headerOf(places.fileOf(written, where));
  }
  try {
    return parseHeader(bytes);
  } catch (error) {
    if (error instanceof BrokenPicture) return undefined;
    throw error;
  }
}

/**
 * Sizes and channels of the pictures that are looked at.
 * @param rows with the paths at least of those
 * @param header of a file
 * @throws UserError where none can be read, and where a path leads out of the folder
 */
export async function tableShapes(
  { tables, paths }: ScannedRows,
  header: (file: string) => KeptHeader | undefined = headerOf,
): Promise<PictureShapes> {
  const headers: LookedAt[] = [];
  for (const opened of tables) {
    const { table, first, count } = opened;
    if (holdsPictures(opened)) {
      headers.push(...(await headersInside(opened)));
      continue;
    }
    const places = new Places(table.file);
    const kept: number[] = [];
    for (let row = 0; row < count; row++) if (paths[first + row] !== undefined) kept.push(row);
    for (const at of positionsLookedAt(kept.length)) {
      const row = kept[at]!;
      const where = whereOf(row);
      headers.push([`${where} of ${table.file}`, header(places.fileOf(paths[first + row]!, where))]);
    }
  }
  return shapesOf(headers, tables[0]!.table.file);
}

/** Pictures of one table that are in it. */
class Inside {
  private readonly places: Places;
  private readonly starts: readonly number[];
  /** Rows whose picture is in a file of its own. */
  readonly outside = new Set<number>();
  /** The run that was read last. */
  private last?: { readonly index: number; readonly cells: Promise<ArrayLike<unknown>> };

  constructor(private readonly opened: OpenedTable) {
    this.places = new Places(opened.table.file);
    this.starts = opened.table.runs!();
  }

  /** @param row of the table */
  async bytesOf(row: number): Promise<Uint8Array> {
    const { table, columns } = this.opened;
    const index = this.starts.findLastIndex((start) => start <= row);
    if (this.last?.index !== index) this.last = { index, cells: table.run!(columns.image, index) };
    const cell = (await this.last.cells)[row - this.starts[index]!];
    const bytes = bytesIn(cell);
    // Copied, since it is handed over to another thread and lies among others.
    if (bytes) return bytes.slice();
    const written = pathIn(cell);
    if (written === undefined) throw new BrokenPicture('the row has no picture');
    this.outside.add(row);
    try {
      return await readFile(this.places.fileOf(written, whereOf(row)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined || 'hint' in (error as object)) throw error;
      throw new BrokenPicture(`it cannot be read (${(error as Error).message})`);
    }
  }
}

/**
 * The pictures of all rows, to be read.
 * @param rows with all paths
 * @throws UserError where a path leads out of the folder
 */
export function picturesOf({ tables, paths, count }: ScannedRows): PictureSource {
  const files = new Array<string | undefined>(count).fill(undefined);
  const names = new Array<string>(count);
  for (const opened of tables) {
    const { table, first } = opened;
    const places = holdsPictures(opened) ? undefined : new Places(table.file);
    for (let row = 0; row < opened.count; row++) {
      const [where, written] = [whereOf(row), paths[first + row]];
      names[first + row] = written ?? where;
      if (places && written !== undefined) files[first + row] = places.fileOf(written, where);
    }
  }
  const inside = tables.map((opened) => (holdsPictures(opened) ? new Inside(opened) : undefined));
  const placeOf = (index: number) => {
    const at = tables.findLastIndex(({ first }) => first <= index);
    return { opened: tables[at]!, held: inside[at], row: index - tables[at]!.first };
  };
  return {
    ...{ source: tables[0]!.table.file, names, files },
    originOf: (index) => {
      const file = files[index];
      if (file !== undefined) return { file };
      const { opened, held, row } = placeOf(index);
      // The time of the table says nothing of a file that it names.
      if (!held || held.outside.has(row)) return undefined;
      return { file: opened.table.file, part: `${opened.columns.image} ${row}` };
    },
    bytesOf: async (index) => {
      const { held, row } = placeOf(index);
      if (!held) throw new BrokenPicture('the row has no picture');
      return held.bytesOf(row);
    },
  };
}
