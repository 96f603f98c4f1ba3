/**
 * Tables in Apache Parquet, by hyparquet. Rows come a row group at a time, and of a group the columns that are asked for. Hugging
 * Face's image sets are such tables: a struct of bytes and path, and integers whose class names stand in the metadata.
 */
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { UserError } from '../../errors';
import { readAt } from '../arrays/byteSource';
import { broken } from '../broken';
import type { TableFile } from './tableFile';

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

/** @throws UserError where the file is broken */
export async function openParquet(file: string, byteLength: number): Promise<TableFile> {
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

  /** Values of columns in one row group. */
  const read = async (wanted: readonly string[], group: number): Promise<unknown[][]> => {
    const [rowStart, rowEnd] = [starts[group]!, starts[group + 1]!];
    const values = wanted.map(() => [] as unknown[]);
    try {
      await parquetRead({
        ...{ file: buffer, metadata, columns: [...wanted], rowStart, rowEnd, compressors, ...asBytes },
        onChunk: ({ columnName, columnData, rowStart: at }) => {
          const target = values[wanted.indexOf(columnName)]!;
          for (let i = 0; i < columnData.length; i++) target[at - rowStart + i] = columnData[i];
        },
      });
    } catch (error) {
      throw asBroken(file, error);
    }
    const short = values.findIndex(({ length }) => length !== rowEnd - rowStart);
    if (short < 0) return values;
    const problem = `its column "${wanted[short]}" has ${values[short]!.length} values in ${rowEnd - rowStart} rows.`;
    throw broken(file, problem);
  };

  return {
    ...{ file, columns, pictureColumns, classNames: classNamesOf(metadata) },
    async *pieces(wanted) {
      for (let group = 0; group + 1 < starts.length; group++) yield await read(wanted, group);
    },
    runs: () => starts,
    run: async (column, index) => (await read([column], index))[0]!,
  };
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
