/**
 * Tables in Apache Parquet, by hyparquet. Rows come a row group at a time, and of a group the columns that are asked for. Hugging
 * Face's image sets are such tables: a struct of bytes and path, and integers whose class names stand in the metadata. It runs on a
 * thread of its own (`parquetThread.ts`), and keeps nothing of what it read.
 */
import {
  type AsyncBuffer,
  type ColumnMetaData,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { assembleAsync } from 'hyparquet/src/rowgroup.js';
import { getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js';
import { UserError } from '../../errors';
import { readAt } from '../arrays/byteSource';
import { broken } from '../broken';
import { checkPages } from './parquetPages';

/** What hyparquet decodes must not be taken for text where nobody says that it is. */
const asBytes = { utf8: false, geoparquet: false } as const;

function bufferOf(file: string, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    slice(start, end = byteLength) {
      if (!(start >= 0 && end >= start && end <= byteLength)) {
        throw broken(file, `says that data lies at bytes ${start} … ${end} of ${byteLength}.`);
      }
      const bytes = readAt(file, start, end - start);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    },
  };
}

/** What went wrong in the library, as an error that names the file. */
function asBroken(file: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  return broken(file, `is no Parquet file that can be read (${(error as Error).message}).`);
}

/** Names of the classes of integer columns, as Hugging Face's `datasets` writes them. */
function classNamesOf({ key_value_metadata: metadata }: FileMetaData): Map<string, readonly string[]> {
  const text = metadata?.find(({ key }) => key === 'huggingface')?.value;
  const names = new Map<string, readonly string[]>();
  if (text === undefined) return names;
  let features: unknown;
  try {
    features = (JSON.parse(text) as { info?: { features?: unknown } } | null)?.info?.features;
  } catch {
    // Whatever else that key holds says nothing of classes.
    return names;
  }
  for (const [column, feature] of Object.entries(features ?? {})) {
    const listed = (feature as { names?: unknown } | null)?.names;
    if (Array.isArray(listed) && listed.every((name) => typeof name === 'string')) names.set(column, listed);
  }
  return names;
}

/** Columns that hold bytes that are no text, or a struct with such. */
function pictureColumnsOf(metadata: FileMetaData): Set<string> {
  const { children } = parquetSchema(metadata);
  return new Set(
    children.flatMap(({ element, children: inner }) => {
      const { type, converted_type: converted, logical_type: logical, name } = element;
      const isBytes = type === 'BYTE_ARRAY' && converted === undefined && logical === undefined;
      return isBytes || inner.some((child) => child.element.name === 'bytes') ? [name] : [];
    }),
  );
}

/** What is known of a file before its rows are read. */
export interface ParquetOutline {
  readonly columns: readonly string[];
  /** Columns that hold pictures themselves. */
  readonly pictureColumns: ReadonlySet<string>;
  /** Of a column of integers, the names that the metadata has for them. */
  readonly classNames: ReadonlyMap<string, readonly string[]>;
  /** The first row of every row group and, last, the number of rows. */
  readonly starts: readonly number[];
}

export interface ParquetFile {
  readonly outline: ParquetOutline;
  /**
   * Values of columns in one row group.
   * @param onPage is called after each page that was unpacked
   * @throws UserError where the file is broken
   */
  read(columns: readonly string[], group: number, onPage?: () => void): Promise<unknown[][]>;
}

/** @throws UserError where the file is broken */
export async function openParquet(file: string, byteLength: number): Promise<ParquetFile> {
  const buffer = bufferOf(file, byteLength);
  let metadata: FileMetaData;
  let columns: readonly string[];
  let pictureColumns: ReadonlySet<string>;
  try {
    metadata = await parquetMetadataAsync(buffer, asBytes);
    columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    if (columns.some((name) => typeof name !== 'string')) throw new Error('a column has no name');
    pictureColumns = pictureColumnsOf(metadata);
  } catch (error) {
    throw asBroken(file, error);
  }
  const starts = rowGroups(file, metadata);

  const read: ParquetFile['read'] = async (wanted, group, onPage = () => undefined) => {
    const rows = starts[group + 1]! - starts[group]!;
    let values: unknown[][];
    try {
      const all = await readGroup(file, buffer, metadata, wanted, group, rows, onPage);
      values = wanted.map((name) => all.get(name) ?? []);
    } catch (error) {
      throw asBroken(file, error);
    }
    const short = values.findIndex(({ length }) => length !== rows);
    if (short < 0) return values;
    const problem = `its column "${wanted[short]}" has ${values[short]!.length} values in ${rows} rows.`;
    throw broken(file, problem);
  };
  return { outline: { columns, pictureColumns, classNames: classNamesOf(metadata), starts }, read };
}

/** Values of columns in a row group, checked page for page, and put together where a column is a struct. */
async function readGroup(
  file: string,
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  wanted: readonly string[],
  group: number,
  rows: number,
  onPage: () => void,
): Promise<ReadonlyMap<string, unknown[]>> {
  const tree = parquetSchema(metadata);
  const { columns } = metadata.row_groups[group]!;
  const chunks = columns.flatMap(({ meta_data: column, file_path: elsewhere }) => {
    if (!column || elsewhere !== undefined) throw new Error('a column lies in another file');
    return wanted.includes(column.path_in_schema[0]!) ? [column] : [];
  });
  const asyncColumns = [];
  for (const column of chunks) {
    const schemaPath = getTreePath(tree, column.path_in_schema);
    if (getMaxRepetitionLevel(schemaPath) > 0) {
      const problem = `its column "${column.path_in_schema[0]}" holds lists.`;
      throw broken(
        file,
        problem,
        'Pictures are bytes or paths; labels, splits and groups are integers or texts.',
      );
    }
    const bytes = await buffer.slice(...rangeOf(column));
    const chunk = { column, schemaPath, rows, bytes };
    const decoder = {
      ...{ ...column, ...asBytes, pathInSchema: column.path_in_schema, schemaPath, parsers: DEFAULT_PARSERS },
      ...{ element: schemaPath.at(-1)!.element, compressors: checkPages(chunk, compressors, onPage) },
    };
    const select = { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows };
    const data = readColumn({ view: new DataView(bytes), offset: 0 }, select, decoder);
    asyncColumns.push({ pathInSchema: column.path_in_schema, data: Promise.resolve(data) });
  }
  const assembled = assembleAsync({ groupStart: 0, groupRows: rows, asyncColumns }, tree);
  const values = new Map<string, unknown[]>();
  for (const { pathInSchema, data } of assembled.asyncColumns) {
    const parts: DecodedArray[] = (await data).data;
    values.set(
      pathInSchema[0]!,
      parts.flatMap((part) => Array.from<unknown>(part)),
    );
  }
  return values;
}

/** Where a column lies in its file. */
function rangeOf(column: ColumnMetaData): [start: number, end: number] {
  const start = column.dictionary_page_offset || column.data_page_offset;
  return [Number(start), Number(start + column.total_compressed_size)];
}

/** The first row of every row group and, last, the number of rows. @throws UserError where the numbers contradict each other */
function rowGroups(file: string, { row_groups: groups, num_rows: rows }: FileMetaData): number[] {
  const starts = [0];
  for (const { num_rows: count, columns } of groups) {
    const flat = columns.find(({ meta_data: column }) => column?.path_in_schema.length === 1);
    const values = flat?.meta_data?.num_values ?? count;
    if (count < 0n || count !== values) {
      throw broken(file, `a group of ${count} rows has ${values} values in a column.`);
    }
    starts.push(starts.at(-1)! + Number(count));
  }
  if (BigInt(starts.at(-1)!) !== rows) throw broken(file, `says ${rows} rows, and has ${starts.at(-1)!}.`);
  return starts;
}
