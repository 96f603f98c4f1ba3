/** Bytes of one array in a file, wherever they lie in it and however they are packed: their beginning, or all of them. */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { broken, unreadable } from '../broken';

/** What holds the bytes of one array. Nothing is read before it is asked for. */
export interface ByteSource {
  /** Bytes, unpacked. Never more than the file can hold, whatever its headers say. */
  readonly length: number;
  /** The first bytes, at most `count`. For headers: they are read at once, whatever the size of the rest. */
  start(count: number): Uint8Array;
  /** All bytes at once, for small arrays such as labels. */
  all(): Uint8Array;
  /** All bytes in pieces of any length, for large arrays. */
  pieces(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Bytes that are read from a file at a time. */
export const pieceBytes = 1 << 20;

/**
 * Bytes of a file from a position on; fewer than asked for where the file ends.
 * @throws UserError when the file cannot be read
 */
export function readAt(file: string, position: number, count: number): Uint8Array {
  try {
    const handle = openSync(file, 'r');
    try {
      const bytes = new Uint8Array(Math.max(0, Math.min(count, fstatSync(handle).size - position)));
      let read = 0;
      while (read < bytes.length) {
        const more = readSync(handle, bytes, read, bytes.length - read, position + read);
        if (more === 0) break;
        read += more;
      }
      return bytes.subarray(0, read);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** @throws UserError when there is no such file, or it is none */
export function sizeOf(file: string): number {
  try {
    const handle = openSync(file, 'r');
    try {
      const found = fstatSync(handle);
      if (found.isFile()) return found.size;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  throw broken(file, 'is no file.', 'Name a file.');
}

/** Pieces of a file's range. Ends early where the file does. */
export async function* filePieces(
  file: string,
  position: number,
  length: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (length === 0) return;
  const range = { start: position, end: position + length - 1, highWaterMark: pieceBytes };
  try {
    for await (const piece of createReadStream(file, range)) yield piece as Uint8Array;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** A range of a file as it is. */
export function plainSource(file: string, position: number, length: number): ByteSource {
  return {
    length,
    start: (count) => readAt(file, position, Math.min(count, length)),
    all: () => readAt(file, position, length),
    pieces: () => filePieces(file, position, length),
  };
}
