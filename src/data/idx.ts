/**
 * IDX files, the format of MNIST: two zero bytes, a type, the number of dimensions, the dimensions as big-endian 32-bit
 * integers, then the values. Gzipped files are recognised by their first bytes.
 */
import { readFile } from 'node:fs/promises';
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { UserError } from '../errors';
import type { ImageSet } from './dataSet';

/** An array of bytes as an IDX file holds it. */
export interface IdxArray {
  readonly dimensions: readonly number[];
  readonly values: Uint8Array;
  /** Where it was read, for messages. */
  readonly file: string;
}

const unsignedBytes = 0x08;
const typeNames = new Map([
  [0x09, 'signed bytes'],
  [0x0b, '16-bit integers'],
  [0x0c, '32-bit integers'],
  [0x0d, '32-bit floats'],
  [0x0e, '64-bit floats'],
]);
/** The largest file that is unpacked; more does not fit one typed array of every platform. */
const maximumBytes = 2 ** 31 - 1;

const wantedFormat = 'It must be an IDX file of unsigned bytes, like those of MNIST, gzipped or not.';

function broken(file: string, problem: string, hint = 'Copy or download the file again.'): UserError {
  return new UserError(`${file}: ${problem}`, hint, 'broken-data');
}

async function unpack(bytes: Uint8Array, file: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maximumBytes });
  } catch (error) {
    throw broken(file, `its gzip data is broken or cut short (${(error as Error).message}).`);
  }
}

/**
 * @param file for messages
 * @throws UserError that names the file and what is wrong in it
 */
export async function parseIdx(packed: Uint8Array, file: string): Promise<IdxArray> {
  const bytes = await unpack(packed, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw broken(file, `cut short at byte ${bytes.length}, within the header.`);
  const [zero, alsoZero, type, rank] = bytes as unknown as [number, number, number, number];
  if (zero !== 0 || alsoZero !== 0) {
    const magic = view.getUint32(0).toString(16).padStart(8, '0');
    throw broken(file, `begins with 0x${magic}, which is not an IDX file.`, wantedFormat);
  }
  if (type !== unsignedBytes) {
    const name = typeNames.get(type) ?? `values of the unknown type 0x${type.toString(16)}`;
    throw broken(file, `holds ${name}, not unsigned bytes.`, wantedFormat);
  }
  const header = 4 + 4 * rank;
  if (bytes.length < header)
    throw broken(file, `cut short at byte ${bytes.length}, within the header of ${header}.`);
  const dimensions = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = header + dimensions.reduce((product, size) => product * size, 1);
  if (bytes.length < expected) throw broken(file, `cut short at byte ${bytes.length} of ${expected}.`);
  if (bytes.length > expected) {
    throw broken(
      file,
      `has ${bytes.length} bytes where its header [${dimensions.join(', ')}] asks for ${expected}.`,
    );
  }
  return { dimensions, values: bytes.subarray(header), file };
}

/** @throws UserError when the file cannot be read or is not a sound IDX file */
export async function readIdx(file: string): Promise<IdxArray> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'there is no such file.' : `cannot be read (${message}).`;
    throw broken(file, problem, 'Check the path; relative ones start at the folder of the config file.');
  }
  return parseIdx(bytes, file);
}

/** The bytes of an IDX file, not compressed. */
export function encodeIdx({ dimensions, values }: Pick<IdxArray, 'dimensions' | 'values'>): Uint8Array {
  const header = 4 + 4 * dimensions.length;
  const bytes = new Uint8Array(header + values.length);
  bytes.set([0, 0, unsignedBytes, dimensions.length]);
  const view = new DataView(bytes.buffer);
  dimensions.forEach((size, i) => view.setUint32(4 + 4 * i, size));
  bytes.set(values, header);
  return bytes;
}

/**
 * Joins images and labels.
 * @param images [n, height, width] or [n, height, width, 1 or 3]
 * @param labels [n]
 * @param classNames one for each class
 * @throws UserError when they do not fit together
 */
export function toImageSet(images: IdxArray, labels: IdxArray, classNames: readonly string[]): ImageSet {
  const [count = 0, height = 0, width = 0, channels = 1, ...more] = images.dimensions;
  const sizes = `[${images.dimensions.join(', ')}]`;
  if (images.dimensions.length < 3 || more.length > 0 || ![1, 3].includes(channels)) {
    const wanted =
      'Images are an array [count, height, width], or [count, height, width, channels] with 1 or 3 channels.';
    throw broken(images.file, `its dimensions are ${sizes}.`, wanted);
  }
  if (count * height * width === 0) throw broken(images.file, `is empty: its dimensions are ${sizes}.`);
  if (labels.dimensions.length !== 1) {
    throw broken(
      labels.file,
      `its dimensions are [${labels.dimensions.join(', ')}].`,
      'Labels are an array [count].',
    );
  }
  if (labels.values.length !== count) {
    const problem = `holds ${labels.values.length} labels for the ${count} images of ${images.file}.`;
    throw broken(labels.file, problem, 'Both files must come from the same set.');
  }
  const wrong = labels.values.findIndex((label) => label >= classNames.length);
  if (wrong >= 0) {
    const problem = `label ${labels.values[wrong]} of image ${wrong} is not among the ${classNames.length} classes.`;
    throw broken(labels.file, problem, 'Labels count from 0 and mean the same in training and test.');
  }
  return {
    images: images.values,
    labels: labels.values,
    count,
    height,
    width,
    channels,
    classes: classNames.length,
    classNames,
  };
}
