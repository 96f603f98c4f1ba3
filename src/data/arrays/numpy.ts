/**
 * NumPy's `.npy` format, versions 1 to 3 (NEP 1, numpy.lib.format): a magic, a version, the length of a header, the header – a
 * Python dictionary with type, order and shape – and the values.
 */
import { broken } from '../broken';
import type { ByteSource } from './byteSource';
import { type ElementType, elementTypes } from './elements';
import { requireComplete, type StoredArray } from './storedArray';

const magic = [0x93, ...Buffer.from('NUMPY')];
/** What is read to find the header; an array of plain numbers has one of 128 bytes or a little more. */
const beginning = 1 << 14;

const save =
  'Save pictures and labels as arrays of plain numbers, such as uint8, with numpy.save or numpy.savez.';

/** Types by the letter and the bytes of NumPy's type strings. */
const typesByCode: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['b1', elementTypes.bool],
  ['u1', elementTypes.uint8],
  ['u2', elementTypes.uint16],
  ['u4', elementTypes.uint32],
  ['u8', elementTypes.uint64],
  ['i1', elementTypes.int8],
  ['i2', elementTypes.int16],
  ['i4', elementTypes.int32],
  ['i8', elementTypes.int64],
  ['f2', elementTypes.float16],
  ['f4', elementTypes.float32],
  ['f8', elementTypes.float64],
]);

const refusedKinds: Readonly<Record<string, string>> = {
  O: 'Python objects, which are stored as a pickle; that is a program, and is not run',
  U: 'text',
  S: 'text',
  a: 'text',
  c: 'complex numbers',
  M: 'dates',
  m: 'durations',
  V: 'raw memory',
};

/** Whether bytes are the beginning of an `.npy` file. */
export function isNumpy(start: Uint8Array): boolean {
  return magic.every((byte, i) => start[i] === byte);
}

/** @param written such as `<f4` */
function elementType(written: string): ElementType | string {
  const [, order = '', code = ''] = /^([<>|=]?)(\w+)/.exec(written) ?? [];
  const type = typesByCode.get(code);
  if (type) return { ...type, bigEndian: order === '>' };
  return refusedKinds[code[0] ?? ''] ?? `values of the type ${written}`;
}

/**
 * The array that an `.npy` file or a member of an archive is.
 * @param called how messages call it
 * @throws UserError that names the file and what is wrong in it
 */
export function numpyArray(source: ByteSource, file: string, called: string): StoredArray {
  const start = source.start(beginning);
  if (!isNumpy(start)) throw broken(file, `${called} does not begin as a NumPy array does.`, save);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (start.length < 12) throw broken(file, `${called} is cut short within its header.`);
  const version = start[6]!;
  if (version < 1 || version > 3) {
    throw broken(file, `${called} has version ${version} of NumPy's format; known are 1 to 3.`, save);
  }
  const [textAt, textLength] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = textAt + textLength;
  if (header > source.length)
    throw broken(file, `${called} is cut short within its header of ${header} bytes.`);
  if (header > start.length) {
    throw broken(file, `${called} has a header of ${header} bytes, which no array of numbers needs.`, save);
  }
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(start.subarray(textAt, header));
  return requireComplete({ file, called, source, header, ...readHeader(text, file, called) });
}

/** Type, order and shape from the text of a dictionary; Python 2 wrote the sizes of a shape as `28L`. */
function readHeader(
  text: string,
  file: string,
  called: string,
): Pick<StoredArray, 'type' | 'fortran' | 'shape'> {
  const kind = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)\b/.exec(text);
  const sizes = /'shape'\s*:\s*\(((?:\s*\d+L?\s*,)*(?:\s*\d+L?\s*)?)\)/.exec(text);
  if (!/^\s*\{.*\}\s*$/s.test(text) || !kind || !order || !sizes) {
    throw broken(file, `${called} has a broken header.`);
  }
  const type = kind[2] ? 'records of several fields' : elementType(kind[1]!);
  if (typeof type === 'string') throw broken(file, `${called} holds ${type}.`, save);
  const shape = [...sizes[1]!.matchAll(/\d+/g)].map(([size]) => Number(size));
  return { type, fortran: order[1] === 'True', shape };
}
