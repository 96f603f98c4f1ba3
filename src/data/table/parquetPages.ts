/**
 * Pages of a column of Parquet, unpacked and checked before hyparquet decodes them. The library takes the counts of pages and of runs
 * on trust: a changed byte makes it write values that no row asked for, until the memory is full or without end. Here every count is
 * held against the rows of the group, and every length against the bytes that there are. The format:
 * https://parquet.apache.org/docs/file-format/data-pages/ and /data-pages/encodings/.
 */
import type { ColumnMetaData, Compressors, DataReader, Encoding, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { getMaxDefinitionLevel } from 'hyparquet/src/schema.js';

/** A column of one row group, without lists: as many values as rows, those that are missing included. */
export interface ColumnChunk {
  readonly column: ColumnMetaData;
  /** From the root of the schema to the column. */
  readonly schemaPath: SchemaTree[];
  readonly rows: number;
  /** As they are in the file. */
  readonly bytes: ArrayBuffer;
}

/** Values that a bit-packed run may have beyond those that are missing: writers fill their last run up, to 63 groups of 8 at most. */
const filled = 504;

/** How much longer a page may get: deflate makes at most 1032 bytes of one, and small pages may be whatever they are. */
const mostUnpacked = 1032;
const alwaysUnpacked = 64 * 1024 * 1024;

/** A count or length that has to be a whole number up to a limit. */
function within(value: unknown, most: number, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new Error(`in a page, ${what} is ${String(value)}, and at most ${most} can be`);
}

/** Unsigned LEB128 of at most 31 bits: hyparquet reads more as a negative number. */
function varInt(reader: DataReader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.view.getUint8(reader.offset++);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80 && value < 2 ** 31) return value;
  }
  throw new Error('a number in a page is longer than it can be');
}

/** Checks runs of the RLE and bit-packed hybrid, as far as `count` values go. @param width bits of a value */
function checkRuns({ view, offset }: DataReader, width: number, count: number): void {
  const reader = { view, offset };
  for (let seen = 0; seen < count;) {
    const header = varInt(reader);
    const length = Math.floor(header / 2);
    const isPacked = header % 2 === 1;
    const values = isPacked ? length * 8 : length;
    within(values, count - seen + (isPacked ? filled : 0), 'the length of a run');
    reader.offset += isPacked ? length * width : Math.ceil(width / 8);
    seen += values;
  }
}

/** Checks the lengths of DELTA_BINARY_PACKED, and leaves the reader behind its last block. */
function checkDeltas(reader: DataReader, count: number): void {
  const blockSize = varInt(reader);
  const miniblocks = varInt(reader);
  const values = blockSize / miniblocks;
  if (!(blockSize > 0 && blockSize % 128 === 0 && values % 32 === 0)) {
    throw new Error(`a page has blocks of ${blockSize} values in ${miniblocks} parts`);
  }
  if (varInt(reader) !== count) throw new Error('a page has another number of deltas than of values');
  skipZigZag(reader);
  for (let left = count - 1; left > 0;) {
    skipZigZag(reader);
    const widths = reader.offset;
    reader.offset += miniblocks;
    for (let i = 0; i < miniblocks && left > 0; i++, left -= values) {
      reader.offset += (within(reader.view.getUint8(widths + i), 64, 'the bits of a delta') * values) / 8;
    }
  }
}

/** Passes over a number of at most ten bytes. */
function skipZigZag(reader: DataReader): void {
  for (let length = 0; length < 10; length++) if (reader.view.getUint8(reader.offset++) < 0x80) return;
  throw new Error('a number in a page is longer than it can be');
}

/** Checks the values of a page. @param count those that are there */
function checkValues(reader: DataReader, encoding: Encoding, count: number, isBoolean: boolean): void {
  if (count === 0) return;
  switch (encoding) {
    // Each value is read from bytes of its own.
    case 'PLAIN':
    case 'BYTE_STREAM_SPLIT':
      return;
    case 'RLE':
      if (!isBoolean) break;
      // The length of the runs stands before them.
      reader.offset += 4;
      return checkRuns(reader, 1, count);
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY': {
      if (isBoolean) break;
      const width = within(reader.view.getUint8(reader.offset++), 32, 'the bits of a value');
      // A dictionary of one value needs no bits, and some writers then leave the runs out.
      return width === 0 && reader.offset === reader.view.byteLength
        ? undefined
        : checkRuns(reader, width, count);
    }
    case 'DELTA_BINARY_PACKED':
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return checkDeltas(reader, count);
    case 'DELTA_BYTE_ARRAY':
      checkDeltas(reader, count);
      return checkDeltas(reader, count);
    default:
  }
  throw new Error(`values in the encoding ${encoding} are not read`);
}

/** Checks definition levels, and leaves the reader where they begin. @returns how many values are there */
function valuesThere(reader: DataReader, length: number, most: number, count: number): number {
  const width = 32 - Math.clz32(most);
  checkRuns(reader, width, count);
  const levels = new Array<number>(count);
  readRleBitPackedHybrid({ ...reader }, width, levels, length);
  return levels.reduce((there, level) => there + (level === most ? 1 : 0), 0);
}

function readerOf(bytes: Uint8Array, offset = 0): DataReader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset };
}

/** The pages of one column. */
class Pages {
  /** Unpacked, by where their packed bytes begin. */
  readonly unpacked = new Map<number, Uint8Array>();
  private readonly mostLevel: number;
  private readonly isBoolean: boolean;

  constructor(
    private readonly chunk: ColumnChunk,
    private readonly compressors: Compressors,
  ) {
    this.mostLevel = getMaxDefinitionLevel(chunk.schemaPath);
    this.isBoolean = chunk.column.type === 'BOOLEAN';
  }

  /** @throws Error for the first that is wrong */
  check(onPage: () => void): void {
    const { bytes, rows } = this.chunk;
    const reader = readerOf(new Uint8Array(bytes));
    // What hyparquet reads: the last byte is no page, and of columns that are not nested, what comes after the last row neither.
    const isFlat = this.chunk.schemaPath.length === 2;
    let seen = 0;
    while (reader.offset < bytes.byteLength - 1 && !(isFlat && seen >= rows)) {
      const header = parquetHeader(reader);
      const size = within(header.compressed_page_size, bytes.byteLength - reader.offset, 'its length');
      within(header.uncompressed_page_size, alwaysUnpacked + size * mostUnpacked, 'its unpacked length');
      seen += this.checkPage(header, new Uint8Array(bytes, reader.offset, size), rows - seen);
      reader.offset += size;
      onPage();
    }
    if (seen !== rows) throw new Error(`${seen} values in ${rows} rows`);
  }

  /** @returns how many rows the page has, at most `left` */
  private checkPage(header: PageHeader, bytes: Uint8Array, left: number): number {
    const {
      type,
      data_page_header: first,
      data_page_header_v2: second,
      dictionary_page_header: dictionary,
    } = header;
    if (type === 'DICTIONARY_PAGE' && dictionary) {
      const page = this.unpack(bytes, header.uncompressed_page_size);
      // At least a bit for each.
      within(dictionary.num_values, page.length * 8, 'its number of values');
      return 0;
    }
    if (type === 'DATA_PAGE' && first) {
      const count = within(first.num_values, left, 'its number of values');
      const reader = readerOf(this.unpack(bytes, header.uncompressed_page_size));
      let there = count;
      if (this.mostLevel > 0) {
        const room = reader.view.byteLength - 4;
        const length = within(reader.view.getUint32(0, true), room, 'the length of its levels');
        reader.offset = 4;
        there = valuesThere(reader, length, this.mostLevel, count);
        reader.offset += length;
      }
      checkValues(reader, first.encoding, there, this.isBoolean);
      return count;
    }
    if (type === 'DATA_PAGE_V2' && second) {
      const count = within(second.num_values, left, 'its number of values');
      within(second.num_rows, count, 'its number of rows');
      const there = count - within(second.num_nulls, count, 'its number of missing values');
      const lists = within(second.repetition_levels_byte_length, 0, 'the length of its lists');
      const room = Math.min(bytes.length, header.uncompressed_page_size);
      const levels = within(second.definition_levels_byte_length, room, 'the length of its levels') + lists;
      if (this.mostLevel > 0) valuesThere(readerOf(bytes.subarray(0, levels)), levels, this.mostLevel, count);
      const size = header.uncompressed_page_size - levels;
      const rest = bytes.subarray(levels);
      const page = second.is_compressed === false || size === 0 ? rest : this.unpack(rest, size);
      checkValues(readerOf(page), second.encoding, there, this.isBoolean);
      return count;
    }
    throw new Error(`pages of the kind ${type} are not read`);
  }

  private unpack(packed: Uint8Array, length: number): Uint8Array {
    const { codec } = this.chunk.column;
    if (codec === 'UNCOMPRESSED') return packed;
    const unpack = this.compressors[codec];
    if (!unpack) throw new Error(`pages packed by ${codec} are not read`);
    const page = unpack(packed, length);
    if (page.length !== length) throw new Error(`a page of ${length} bytes unpacks to ${page.length}`);
    this.unpacked.set(packed.byteOffset, page);
    return page;
  }
}

/**
 * Checks the pages of a column.
 * @param onPage is called after each
 * @returns what hyparquet unpacks them with: each is unpacked once
 * @throws Error that says what is wrong, without the name of the file
 */
export function checkPages(chunk: ColumnChunk, compressors: Compressors, onPage: () => void): Compressors {
  const pages = new Pages(chunk, compressors);
  pages.check(onPage);
  return { [chunk.column.codec]: ({ byteOffset }: Uint8Array) => pages.unpacked.get(byteOffset)! };
}
