/** The pixels of a set's images, asked for one by one, so that a set need not be in memory as a whole. */
import { crc32 } from 'node:zlib';

/** Images of one size. */
export interface Images {
  /**
   * The pixels of an image, [height, width, channels], row-major, 0 … 255. They may be part of the set itself: they are read, not written.
   * @throws UserError where they lie in a file and cannot be read any more
   */
  at(index: number): Uint8Array;
  /** CRC-32 of those pixels. */
  checksum(index: number): number;
}

/** Images that lie in memory one after the other. */
export class HeldImages implements Images {
  /**
   * @param bytes [count, height, width, channels]
   * @param size values of one image
   */
  constructor(
    readonly bytes: Uint8Array,
    private readonly size: number,
  ) {}

  at(index: number): Uint8Array {
    return this.bytes.subarray(index * this.size, (index + 1) * this.size);
  }

  checksum(index: number): number {
    return crc32(this.at(index));
  }
}

/** Some of the images of others, in an order of their own. */
export class ChosenImages implements Images {
  /** @param positions [count] among the others */
  constructor(
    private readonly all: Images,
    private readonly positions: ArrayLike<number>,
  ) {}

  at(index: number): Uint8Array {
    return this.all.at(this.positions[index]!);
  }

  checksum(index: number): number {
    return this.all.checksum(this.positions[index]!);
  }
}

/** The images of one set, and after them those of another. */
export class FollowingImages implements Images {
  /** @param count of the first */
  constructor(
    private readonly first: Images,
    private readonly count: number,
    private readonly second: Images,
  ) {}

  at(index: number): Uint8Array {
    return index < this.count ? this.first.at(index) : this.second.at(index - this.count);
  }

  checksum(index: number): number {
    return index < this.count ? this.first.checksum(index) : this.second.checksum(index - this.count);
  }
}

/**
 * All pixels one after the other, [count, height, width, channels]; what the images lie in, where they do.
 * @param size values of one image
 */
export function joined(images: Images, count: number, size: number): Uint8Array {
  if (images instanceof HeldImages && images.bytes.length === count * size) return images.bytes;
  const bytes = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) bytes.set(images.at(i), i * size);
  return bytes;
}
