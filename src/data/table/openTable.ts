/** Tables of labelled pictures – CSV, TSV, JSON lines, Parquet – told apart by their first bytes and, of texts, by their names. */
import { readAt, sizeOf } from '../arrays/byteSource';
import { broken } from '../broken';
import { openJsonLines } from './jsonLines';
import { openParquetTable } from './parquetThread';
import { openSeparated } from './separated';
import type { TableFile } from './tableFile';

/** Bytes by which a file is told. */
const beginning = 4096;

/** @throws UserError when the file cannot be read or is no table */
export async function openTable(file: string): Promise<TableFile> {
  const length = sizeOf(file);
  const start = readAt(file, 0, beginning);
  if (length === 0) throw broken(file, 'is empty.', 'Name a table with a row for each picture.');
  const is = (...bytes: number[]): boolean => bytes.every((byte, i) => start[i] === byte);
  if (is(0x50, 0x41, 0x52, 0x31)) return openParquetTable(file, length);
  if (is(0xff, 0xfe) || is(0xfe, 0xff)) {
    throw broken(file, 'is a text in UTF-16.', 'Save it as "CSV UTF-8".');
  }
  if (start.includes(0)) {
    throw broken(
      file,
      'is neither text nor Parquet.',
      'Tables are CSV, TSV, JSON lines (.jsonl) and Parquet.',
    );
  }
  const text = new TextDecoder().decode(start).trimStart();
  if (/\.(jsonl|ndjson|json)$/i.test(file) || text.startsWith('{')) return openJsonLines(file);
  return openSeparated(file, separatorOf(file, text));
}

/** A tab where the name says so, else what the first line has most of. */
function separatorOf(file: string, text: string): string {
  if (/\.(tsv|tab)$/i.test(file)) return '\t';
  const [first] = text.split(/[\r\n]/, 1);
  const bare = first!.replaceAll(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((separator) => ({ separator, count: bare.split(separator).length }));
  return counts.reduce((most, each) => (each.count > most.count ? each : most)).separator;
}
