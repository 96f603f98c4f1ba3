/** Buffers of a program and places in them; they get their addresses when the program is encoded. */

/**
 * What a buffer holds one part of: an image of the batch, a pair of images (as the second of them sees it), a chunk of
 * images, a thread, or nothing (one part).
 */
export type Extent = 'image' | 'pair' | 'chunk' | 'thread' | 'once';

/** Memory of `bytes` a part. Those with an address are there before the program and outlive it. */
export interface Buffer {
  readonly extent: Extent;
  bytes: number;
  address: number | undefined;
  /** First and last segment that uses it; −1 before any does. */
  first: number;
  last: number;
}

/** A place in a buffer. */
export interface Place {
  readonly buffer: Buffer;
  /** Bytes from the start of each part. */
  readonly offset: number;
}

/** Memory that is there before any program. */
export function placeAt(address: number, bytes: number): Place {
  return { buffer: { extent: 'once', bytes, address, first: -1, last: -1 }, offset: 0 };
}

/** The operand that stands for "none". */
export const nowhere = placeAt(0, 0);

/** Index of a place among 32-bit words, in the part that belongs to an image; once a program has given addresses. */
export function wordOf({ buffer, offset }: Place, image = 0): number {
  return (buffer.address! + offset + image * buffer.bytes) / 4;
}

export function shifted(place: Place, bytes: number): Place {
  return { buffer: place.buffer, offset: place.offset + bytes };
}

export interface ProgramSize {
  readonly batch: number;
  readonly chunks: number;
  readonly threads: number;
  /** Whether chunks hold whole pairs of images, the first of each having an even number. */
  readonly pairs: boolean;
}
