/** Addresses for buffers with known lifetimes: largest first, each at the lowest place free for its whole life. */
import type { Buffer, ProgramSize } from './place';

/** Vectors start at multiples of 16 bytes; a cache line more keeps threads out of each other's way. */
export function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Bytes of all parts of a buffer. */
export function totalBytes({ extent, bytes }: Buffer, { batch, chunks, threads }: ProgramSize): number {
  const parts = { image: batch, pair: batch / 2, chunk: chunks, thread: threads, once: 1 }[extent];
  return parts * bytes;
}

/**
 * Places those that are used.
 * @returns the first byte after all of them
 */
export function placeBuffers(buffers: readonly Buffer[], size: ProgramSize, start: number): number {
  for (const buffer of buffers) buffer.bytes = buffer.extent === 'once' ? buffer.bytes : align(buffer.bytes);
  const waiting = buffers
    .filter((buffer) => buffer.first >= 0)
    .map((buffer) => ({ buffer, bytes: align(totalBytes(buffer, size)) }))
    .sort((a, b) => b.bytes - a.bytes || a.buffer.first - b.buffer.first);
  // Sorted by address, so that the first gap that fits is found in one pass.
  const placed: { buffer: Buffer; address: number; bytes: number }[] = [];
  let end = start;
  for (const { buffer, bytes } of waiting) {
    let address = start;
    for (const other of placed) {
      if (other.buffer.last < buffer.first || other.buffer.first > buffer.last) continue;
      if (other.address >= address + bytes) break;
      address = Math.max(address, other.address + other.bytes);
    }
    buffer.address = address;
    const index = placed.findIndex((other) => other.address > address);
    placed.splice(index < 0 ? placed.length : index, 0, { buffer, address, bytes });
    end = Math.max(end, address + bytes);
  }
  return end;
}
