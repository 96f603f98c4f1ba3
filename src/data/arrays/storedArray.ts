/** An array in a file: what its header says, and where its values are. */
import { broken } from '../broken';
import { type ByteSource, pieceBytes } from './byteSource';
import { type ElementType, type Numbers, numbersOf } from './elements';

/** An array whose values are still in the file. */
export interface StoredArray {
  /** Absolute path. */
  readonly file: string;
  /** How messages call it in the file: "the array" or `its array "x_train"`. */
  readonly called: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** The first index changes fastest, as in Fortran; else the last one, as in C. */
  readonly fortran: boolean;
  readonly source: ByteSource;
  /** Bytes of the source before the values. */
  readonly header: number;
}

/** Shape and type as NumPy writes them, such as `[60000, 28, 28] uint8`. */
export function describeArray({ shape, type }: Pick<StoredArray, 'shape' | 'type'>): string {
  return `[${shape.join(', ')}] ${type.name}`;
}

/**
 * The array, once its header is known to ask for exactly what is there.
 * @throws UserError when it asks for more or less
 */
export function requireComplete(array: StoredArray): StoredArray {
  const { file, called, shape, type, source, header } = array;
  const expected = header + type.bytes * shape.reduce((product, size) => product * size, 1);
  if (source.length === expected) return array;
  const problem = source.length < expected ? 'is cut short' : 'is longer than its header says';
  throw broken(
    file,
    `${called} ${problem}: ${describeArray(array)} takes ${expected} bytes, there are ${source.length}.`,
  );
}

/** All values at once, in the order of the file. For small arrays. */
export function valuesOf({ source, header, type, file, called }: StoredArray): Numbers {
  const bytes = source.all();
  if (bytes.length !== source.length) throw broken(file, `${called} is cut short.`);
  return numbersOf(bytes.subarray(header), type);
}

/** The values piece by piece, in the order of the file. A piece is valid until the next one is asked for. */
export async function* valuePieces({
  source,
  header,
  type,
  file,
  called,
}: StoredArray): AsyncGenerator<Numbers, void, undefined> {
  const block = new Uint8Array(pieceBytes);
  let [skip, filled, read] = [header, 0, 0];
  for await (const piece of source.pieces()) {
    read += piece.length;
    let at = Math.min(skip, piece.length);
    skip -= at;
    while (at < piece.length) {
      const taken = Math.min(piece.length - at, block.length - filled);
      block.set(piece.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled === block.length) {
        yield numbersOf(block, type);
        filled = 0;
      }
    }
  }
  if (read !== source.length) throw broken(file, `${called} is cut short.`);
  if (filled > 0) yield numbersOf(block.subarray(0, filled), type);
}

/** How far apart neighbours along each dimension are, in elements. */
export function stridesOf({ shape, fortran }: Pick<StoredArray, 'shape' | 'fortran'>): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  if (fortran) for (let i = 1; i < shape.length; i++) strides[i] = strides[i - 1]! * shape[i - 1]!;
  else for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
}
