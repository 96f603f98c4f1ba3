/**
 * The safetensors format: the length of a header as a little-endian 64-bit integer, the header – JSON with type, shape and
 * place of every tensor – and the values, in C order and little-endian.
 */
import * as z from 'zod';
import { broken } from '../broken';
import { plainSource, readAt, sizeOf } from './byteSource';
import { type ElementType, elementTypes } from './elements';
import { requireComplete, type StoredArray } from './storedArray';

/** The key of the header that names no tensor. */
export const metadataName = '__metadata__';

/** The format's own limit. */
const largestHeader = 100_000_000;

const typesByCode: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['BOOL', elementTypes.bool],
  ['U8', elementTypes.uint8],
  ['U16', elementTypes.uint16],
  ['U32', elementTypes.uint32],
  ['U64', elementTypes.uint64],
  ['I8', elementTypes.int8],
  ['I16', elementTypes.int16],
  ['I32', elementTypes.int32],
  ['I64', elementTypes.int64],
  ['F16', elementTypes.float16],
  ['BF16', elementTypes.bfloat16],
  ['F32', elementTypes.float32],
  ['F64', elementTypes.float64],
]);

const size = z.number().int().min(0);
const tensor = z.object({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});

/** Whether bytes are the beginning of a safetensors file: it has no magic, but its header is a JSON object. */
export function isSafetensors(start: Uint8Array): boolean {
  return start.length >= 9 && start[6] === 0 && start[7] === 0 && start[8] === 0x7b;
}

interface Header {
  readonly entries: readonly [string, unknown][];
  /** Where the values begin. */
  readonly end: number;
  /** Bytes of the file. */
  readonly length: number;
}

/** @throws UserError when the file cannot be read or its header is broken */
function headerOf(file: string): Header {
  const length = sizeOf(file);
  const start = readAt(file, 0, 8);
  const textLength = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  if (textLength > largestHeader || 8 + textLength > length) {
    throw broken(file, `cut short at byte ${length}, within the header of ${8 + textLength}.`);
  }
  const text = new TextDecoder().decode(readAt(file, 8, textLength));
  try {
    return { entries: Object.entries(JSON.parse(text) as object), end: 8 + textLength, length };
  } catch (error) {
    throw broken(file, `its header is broken (${(error as Error).message}).`);
  }
}

/**
 * What a file says of itself beside its tensors: texts by name; none where it says nothing.
 * @throws UserError when the file cannot be read or its header is broken
 */
export function safetensorsMetadata(file: string): Readonly<Record<string, string>> {
  const entry = headerOf(file).entries.find(([name]) => name === metadataName);
  const read = z.record(z.string(), z.string()).safeParse(entry?.[1] ?? {});
  if (!read.success) throw broken(file, 'what it says of itself is broken.');
  return read.data;
}

/**
 * The tensors of a file by name; what is wrong with one is said when it is opened.
 * @throws UserError when the file cannot be read or its header is broken
 */
export function safetensors(file: string): Map<string, () => StoredArray> {
  const { entries, end, length } = headerOf(file);
  const open = (name: string, entry: unknown): StoredArray => {
    const called = `its array "${name}"`;
    const read = tensor.safeParse(entry);
    if (!read.success) throw broken(file, `${called} has a broken header.`);
    const { dtype, shape, data_offsets } = read.data;
    const type = typesByCode.get(dtype);
    if (!type) {
      throw broken(
        file,
        `${called} holds values of the type ${dtype}.`,
        'Save it as plain numbers, such as U8.',
      );
    }
    const [from, to] = data_offsets.map((offset) => end + offset) as [number, number];
    if (from > to || to > length) throw broken(file, `${called} is cut short.`);
    const source = plainSource(file, from, to - from);
    return requireComplete({ file, called, shape, type, fortran: false, source, header: 0 });
  };
  return new Map(
    entries.filter(([name]) => name !== metadataName).map(([name, entry]) => [name, () => open(name, entry)]),
  );
}
