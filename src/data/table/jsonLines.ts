/** Tables as JSON lines: an object a line, whose keys are the columns; those of the first line count. */
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { UserError } from '../../errors';
import { broken, unreadable } from '../broken';
import { pieceRows } from './separated';
import type { TableFile } from './tableFile';

/** Characters of a line at most, so that a file without lines does not fill the memory. */
const mostCharacters = 1 << 20;

type Row = Readonly<Record<string, unknown>>;

/** Lines that are not blank, with their numbers from 1 on. */
async function* linesOf(file: string): AsyncGenerator<readonly [line: string, at: number], void, undefined> {
  const input = createReadStream(file);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let at = 0;
  try {
    for await (const bytes of input) {
      const lines = (rest + decoder.write(bytes as Buffer)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        at++;
        if (line.trim() !== '') yield [line, at];
      }
      if (rest.length > mostCharacters) {
        const problem = `line ${at + 1} is longer than a million characters.`;
        throw broken(file, problem, 'Write one JSON object a line; pictures are named by their paths.');
      }
    }
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(file, error);
  } finally {
    input.destroy();
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield [rest, at + 1];
}

/** @throws UserError for a line that is no JSON object */
async function* rowsOf(file: string): AsyncGenerator<Row, void, undefined> {
  for await (const [line, at] of linesOf(file)) {
    let row: unknown;
    try {
      // A mark of the byte order may stand before the first line.
      row = JSON.parse(line.replace(/^\uFEFF/, ''));
    } catch (error) {
      const problem = `line ${at} is no JSON (${(error as Error).message}).`;
      throw broken(file, problem, 'Write one JSON object a line, without commas between them.');
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw broken(
        file,
        `line ${at} is no JSON object.`,
        'Write one JSON object a line, not a list of them.',
      );
    }
    yield row as Row;
  }
}

/** @throws UserError where the first line is no JSON object */
export async function openJsonLines(file: string): Promise<TableFile> {
  let columns: readonly string[] | undefined;
  for await (const row of rowsOf(file)) {
    columns = Object.keys(row);
    break;
  }
  if (!columns) throw broken(file, 'has no rows.', 'Write one JSON object a line for each picture.');
  return {
    ...{ file, columns, pictureColumns: new Set(), classNames: new Map() },
    async *pieces(wanted) {
      let piece: unknown[][] = wanted.map(() => []);
      for await (const row of rowsOf(file)) {
        wanted.forEach((name, i) => piece[i]!.push(Object.hasOwn(row, name) ? row[name] : undefined));
        if (piece[0]!.length < pieceRows) continue;
        yield piece;
        piece = wanted.map(() => []);
      }
      if (piece[0]!.length > 0) yield piece;
    },
  };
}
