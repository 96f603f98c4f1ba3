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

/** Placed buffers by address, so that the first gap that fits is found in one pass. */
class Placed {
  // Columns instead of objects: the largest networks have ten thousand buffers, and each is held against those before it.
  private readonly firsts: Float64Array;
  private readonly lasts: Float64Array;
  private readonly addresses: Float64Array;
  private readonly ends: Float64Array;
  private count = 0;

  constructor(capacity: number) {
    const column = () => new Float64Array(capacity);
    [this.firsts, this.lasts, this.addresses, this.ends] = [column(), column(), column(), column()];
  }

  /** The lowest address from `start` on where as many bytes are free from one segment to another. */
  lowest(first: number, last: number, bytes: number, start: number): number {
    const { firsts, lasts, addresses, ends, count } = this;
    let address = start;
    for (let i = 0; i < count; i++) {
      if (lasts[i]! < first || firsts[i]! > last) continue;
      if (addresses[i]! >= address + bytes) break;
      if (ends[i]! > address) address = ends[i]!;
    }
    return address;
  }

  add(first: number, last: number, address: number, end: number): void {
    const index = this.after(address);
    const values = [first, last, address, end];
    [this.firsts, this.lasts, this.addresses, this.ends].forEach((column, i) => {
      column.copyWithin(index + 1, index, this.count);
      column[index] = values[i]!;
    });
    this.count++;
  }

  /** How many have an address of at most `address`. */
  private after(address: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.addresses[middle]! > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }
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
  const placed = new Placed(waiting.length);
  let end = start;
  for (const { buffer, bytes } of waiting) {
    const { first, last } = buffer;
    const address = placed.lowest(first, last, bytes, start);
    buffer.address = address;
    placed.add(first, last, address, address + bytes);
    end = Math.max(end, address + bytes);
  }
  return end;
}
