/**
 * IDX files, the format of MNIST: two zero bytes, a type, the number of dimensions, the dimensions as big-endian 32-bit
 * integers, then the values. Gzipped files are recognised by their first bytes.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants, gunzip, gunzipSync } from 'node:zlib';
import { promisify } from 'node:util';
import type { UserError } from '../errors';
import { broken, unreadable } from './broken';
import { type ImageSet, imageSize } from './dataSet';
import { HeldImages } from './images';
import { type Classes, classesOf } from './labels';

/** What an IDX file says of the array in it. */
export interface IdxHeader {
  readonly dimensions: readonly number[];
  /** Where it was read, for messages. */
  readonly file: string;
}

/** An array of bytes as an IDX file holds it, such as images. */
export interface IdxArray extends IdxHeader {
  readonly values: Uint8Array;
}

/** An array of integers of any width, such as labels. */
export interface IdxIntegers extends IdxHeader {
  readonly values: Uint8Array | Int8Array | Int16Array | Int32Array;
}

const unsignedBytes = 0x08;
const integers32 = 0x0c;
const elementTypes = new Map([
  [unsignedBytes, { name: 'unsigned bytes', bytes: 1 }],
  [0x09, { name: 'signed bytes', bytes: 1 }],
  [0x0b, { name: '16-bit integers', bytes: 2 }],
  [integers32, { name: '32-bit integers', bytes: 4 }],
  [0x0d, { name: '32-bit floats', bytes: 4 }],
  [0x0e, { name: '64-bit floats', bytes: 8 }],
]);
/** The largest file that is unpacked; more does not fit one typed array of every platform. */
const maximumBytes = 2 ** 31 - 1;

const wantedFormat = 'It must be an IDX file of unsigned bytes, like those of MNIST, gzipped or not.';
const wantedIntegers = 'Labels must be an IDX file of bytes or of 16- or 32-bit integers, gzipped or not.';

function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function brokenPacking(file: string, error: unknown): UserError {
  return broken(file, `its gzip data is broken or cut short (${(error as Error).message}).`);
}

/** Most that a byte of deflated data can become (zlib's technical notes). */
const largestRatio = 1032;

/**
 * Bytes that a whole gzip file becomes, as its last four bytes say, and no more than can be. In one piece: pieces would be
 * joined, which takes the memory of a large set twice.
 */
function unpackedSize(bytes: Uint8Array): number {
  const { buffer, byteOffset, length } = bytes;
  const said = length < 8 ? 0 : new DataView(buffer, byteOffset, length).getUint32(length - 4, true);
  // zlib looks for the end of the data where there is room.
  return Math.min(said, largestRatio * length, maximumBytes) + beginning;
}

async function unpack(bytes: Uint8Array, file: string): Promise<Uint8Array> {
  if (!isPacked(bytes)) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maximumBytes, chunkSize: unpackedSize(bytes) });
  } catch (error) {
    throw brokenPacking(file, error);
  }
}

/** @param finishFlush `Z_SYNC_FLUSH` where the bytes are but the beginning of a file */
function unpackAtOnce(bytes: Uint8Array, file: string, finishFlush = constants.Z_FINISH): Uint8Array {
  if (!isPacked(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maximumBytes, finishFlush });
  } catch (error) {
    throw brokenPacking(file, error);
  }
}

/**
 * @param file for messages
 * @throws UserError that names the file and what is wrong in it
 */
export async function parseIdx(packed: Uint8Array, file: string): Promise<IdxArray> {
  return parseBytes(await unpack(packed, file), file);
}

interface Header {
  readonly type: number;
  readonly dimensions: number[];
  /** Where the values begin. */
  readonly header: number;
}

function parseHeader(bytes: Uint8Array, file: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw broken(file, `cut short at byte ${bytes.length}, within the header.`);
  const [zero, alsoZero, type, rank] = bytes as unknown as [number, number, number, number];
  if (zero !== 0 || alsoZero !== 0) {
    const magic = view.getUint32(0).toString(16).padStart(8, '0');
    throw broken(file, `begins with 0x${magic}, which is not an IDX file.`, wantedFormat);
  }
  if (!elementTypes.has(type)) {
    throw broken(file, `holds values of the unknown type 0x${type.toString(16)}.`, wantedFormat);
  }
  const header = 4 + 4 * rank;
  if (bytes.length < header)
    throw broken(file, `cut short at byte ${bytes.length}, within the header of ${header}.`);
  return { type, dimensions: Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i)), header };
}

function requireBytes({ type }: Header, file: string): void {
  if (type === unsignedBytes) return;
  throw broken(file, `holds ${elementTypes.get(type)!.name}, not unsigned bytes.`, wantedFormat);
}

/** @param length of the whole file, not compressed */
function requireLength({ type, dimensions, header }: Header, length: number, file: string): void {
  const count = dimensions.reduce((product, size) => product * size, 1);
  const expected = header + count * elementTypes.get(type)!.bytes;
  if (length < expected) throw broken(file, `cut short at byte ${length} of ${expected}.`);
  if (length > expected) {
    throw broken(
      file,
      `has ${length} bytes where its header [${dimensions.join(', ')}] asks for ${expected}.`,
    );
  }
}

function parseBytes(bytes: Uint8Array, file: string): IdxArray {
  const header = parseHeader(bytes, file);
  requireBytes(header, file);
  requireLength(header, bytes.length, file);
  return { dimensions: header.dimensions, values: bytes.subarray(header.header), file };
}

/** The values behind the header, which are big-endian. */
function integersOf(bytes: Uint8Array, { type, header }: Header): IdxIntegers['values'] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + header, bytes.byteLength - header);
  switch (type) {
    case unsignedBytes:
      return bytes.subarray(header);
    case 0x09:
      return Int8Array.from(bytes.subarray(header));
    case 0x0b:
      return Int16Array.from({ length: view.byteLength / 2 }, (_, i) => view.getInt16(2 * i));
    case integers32:
      return Int32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getInt32(4 * i));
    default:
      return undefined;
  }
}

/** @throws UserError that names the file and what is wrong in it */
function parseIntegers(bytes: Uint8Array, file: string): IdxIntegers {
  const header = parseHeader(bytes, file);
  requireLength(header, bytes.length, file);
  const values = integersOf(bytes, header);
  if (values) return { dimensions: header.dimensions, values, file };
  throw broken(file, `holds ${elementTypes.get(header.type)!.name}, not integers.`, wantedIntegers);
}

/** @throws UserError when the file cannot be read or is not a sound IDX file of bytes */
export async function readIdx(file: string): Promise<IdxArray> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  return parseIdx(bytes, file);
}

/**
 * Labels: files so small that they are read at once, whoever waits.
 * @throws UserError when the file cannot be read or is not a sound IDX file of integers
 */
export function readIdxIntegers(file: string): IdxIntegers {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  return parseIntegers(unpackAtOnce(bytes, file), file);
}

/** Bytes of a file that are enough for its header, compressed or not. */
const beginning = 4096;

/**
 * The dimensions alone of a file of bytes, whatever its size; whether it is complete is checked where it is not compressed.
 * @throws UserError when the file cannot be read or is not an IDX file
 */
export function readIdxHeader(file: string): IdxHeader {
  const bytes = new Uint8Array(beginning);
  let [read, length] = [0, 0];
  try {
    const handle = openSync(file, 'r');
    try {
      read = readSync(handle, bytes);
      length = fstatSync(handle).size;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  const start = bytes.subarray(0, read);
  const header = parseHeader(unpackAtOnce(start, file, constants.Z_SYNC_FLUSH), file);
  requireBytes(header, file);
  if (!isPacked(start)) requireLength(header, length, file);
  return { dimensions: header.dimensions, file };
}

/**
 * The bytes of an IDX file, not compressed.
 * @param array bytes stay bytes, other integers are written as 32-bit ones
 */
export function encodeIdx(array: {
  readonly dimensions: readonly number[];
  readonly values: Uint8Array | Uint16Array | Int32Array;
}): Uint8Array {
  const { dimensions, values } = array;
  const type = values instanceof Uint8Array ? unsignedBytes : integers32;
  const header = 4 + 4 * dimensions.length;
  const bytes = new Uint8Array(header + values.length * elementTypes.get(type)!.bytes);
  bytes.set([0, 0, type, dimensions.length]);
  const view = new DataView(bytes.buffer);
  dimensions.forEach((size, i) => view.setUint32(4 + 4 * i, size));
  if (values instanceof Uint8Array) bytes.set(values, header);
  else values.forEach((value, i) => view.setInt32(header + 4 * i, value));
  return bytes;
}

/**
 * Height, width and channels of the images in a file.
 * @throws UserError for an array that is none of images
 */
export function imageShape({ dimensions, file }: IdxHeader): Pick<ImageSet, 'height' | 'width' | 'channels'> {
  const [count = 0, height = 0, width = 0, channels = 1, ...more] = dimensions;
  const sizes = `[${dimensions.join(', ')}]`;
  if (dimensions.length < 3 || more.length > 0 || ![1, 3].includes(channels)) {
    const wanted =
      'Images are an array [count, height, width], or [count, height, width, channels] with 1 or 3 channels.';
    throw broken(file, `its dimensions are ${sizes}.`, wanted);
  }
  if (count * height * width === 0) throw broken(file, `is empty: its dimensions are ${sizes}.`);
  return { height, width, channels };
}

/**
 * How many images there are.
 * @throws UserError where the labels are none, or of another number
 */
export function countOf(images: IdxHeader, labels: IdxHeader): number {
  const [count = 0] = images.dimensions;
  const [labelled] = labels.dimensions;
  if (labels.dimensions.length !== 1) {
    throw broken(
      labels.file,
      `its dimensions are [${labels.dimensions.join(', ')}].`,
      'Labels are an array [count].',
    );
  }
  if (labelled === count) return count;
  const problem = `holds ${labelled} labels for the ${count} images of ${images.file}.`;
  throw broken(labels.file, problem, 'Both files must come from the same set.');
}

/** The images and the labels of one part of a set. */
export interface IdxPart {
  /** [n, height, width] or [n, height, width, 1 or 3] */
  readonly images: IdxArray;
  /** [n], integers from any base */
  readonly labels: IdxIntegers;
}

/**
 * Joins images and labels, and finds the classes.
 * @param classNames given by a person, see `classesOf`
 * @throws UserError when they do not fit together, or where a part lacks a class
 */
export function toImageSets(parts: readonly IdxPart[], classNames?: readonly string[]): ImageSet[] {
  const shapes = parts.map(({ images }) => imageShape(images));
  const counts = parts.map(({ images, labels }) => countOf(images, labels));
  const classes = classesOfFiles(
    parts.map(({ labels }) => labels),
    classNames,
  );
  return parts.map(({ images }, i) => ({
    ...shapes[i]!,
    images: new HeldImages(images.values, imageSize(shapes[i]!)),
    labels: classes.labels[i]!,
    count: counts[i]!,
    classes: classes.classNames.length,
    classNames: classes.classNames,
  }));
}

/** @throws UserError as `classesOf` does */
export function classesOfFiles(files: readonly IdxIntegers[], classNames?: readonly string[]): Classes {
  return classesOf(
    files.map(({ values, file }) => ({ labels: values, source: file })),
    classNames,
  );
}
