/** Tables as text with a line a row: CSV (RFC 4180) and TSV, whose first line names the columns. */
import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { UserError } from '../../errors';
import { broken, unreadable } from '../broken';
import type { Piece, TableFile } from './tableFile';

/** Rows in a piece. */
export const pieceRows = 4096;

/** Bytes of a row at most, so that a quote that is never closed does not fill the memory. */
const mostBytes = 1 << 20;

/**
 * Rows as they are written, the line that names the columns first.
 * @throws UserError where a row has another number of fields than the first, or quotes are wrong
 */
async function* recordsOf(
  file: string,
  delimiter: string,
  to?: number,
): AsyncGenerator<string[], void, undefined> {
  const parser = parse({
    ...{ bom: true, delimiter, trim: true, skip_empty_lines: true, max_record_size: mostBytes },
    ...(to !== undefined && { to }),
  });
  const input = createReadStream(file);
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  try {
    for await (const record of parser) yield record as string[];
  } catch (error) {
    throw error instanceof UserError ? error : brokenText(file, error);
  } finally {
    input.destroy();
    parser.destroy();
  }
}

function brokenText(file: string, error: unknown): UserError {
  if (!(error instanceof CsvError)) return unreadable(file, error);
  const { code, message } = error;
  const { lines, record } = error as unknown as { lines?: number; record?: readonly string[] };
  const hint =
    'Every line has as many fields as the first; a field with the separator in it stands in quotes.';
  if (code !== 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') return broken(file, `${message}.`, hint);
  const fields = record?.length ?? 0;
  return broken(
    file,
    `line ${lines} has ${fields} ${fields === 1 ? 'field' : 'fields'}, unlike the first.`,
    hint,
  );
}

/** @throws UserError where the first line names no columns */
export async function openSeparated(file: string, delimiter: string): Promise<TableFile> {
  let columns: readonly string[] | undefined;
  for await (const record of recordsOf(file, delimiter, 1)) columns = record;
  if (!columns) throw broken(file, 'is empty.', 'Its first line names the columns.');
  const repeated = columns.find((name, i) => columns.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw broken(file, `two columns are called "${repeated}".`, 'Every column has a name of its own.');
  }
  const places = (wanted: readonly string[]) => wanted.map((name) => columns.indexOf(name));
  return {
    ...{ file, columns, pictureColumns: new Set(), classNames: new Map() },
    async *pieces(wanted) {
      const at = places(wanted);
      let piece: string[][] = at.map(() => []);
      let isFirst = true;
      for await (const record of recordsOf(file, delimiter)) {
        if (isFirst) {
          isFirst = false;
          continue;
        }
        at.forEach((place, i) => piece[i]!.push(record[place]!));
        if (piece[0]!.length < pieceRows) continue;
        yield piece satisfies Piece;
        piece = at.map(() => []);
      }
      if (piece[0]!.length > 0) yield piece;
    },
  };
}
