/**
 * Where the pixels of pictures come while they are read: into memory, and from there into the file of the next start; or, where they
 * are too many for that, into the file at once, from which they are then read whenever they are wanted.
 */
import { crc32 } from 'node:zlib';
import { asError, UserError } from '../../errors';
import { formatBytes } from '../../format';
import { type ImageShape, imageSize } from '../dataSet';
import { HeldImages, type Images } from '../images';
import { mostKept, type PictureCache } from './cache';
import {
  type KeptPicture,
  pieceBytes,
  type PictureFileWriter,
  type PixelFile,
  type Place,
  type PlacedPicture,
} from './pictureFile';

/** What is known of a picture before it is decoded. */
export type KnownPicture = { readonly kind: 'pixels' } | { readonly kind: 'broken'; readonly reason: string };

/** Pictures by slot. */
export interface PictureStore {
  /** Of each picture, what is known from an earlier start. */
  readonly known: readonly (KnownPicture | undefined)[];
  /**
   * Takes a picture that was decoded.
   * @param kept what the next start has to know of it, if it can be kept
   * @param pixels undefined where the picture is broken
   * @throws UserError where it cannot be stored
   */
  put(slot: number, kept: KeptPicture | undefined, pixels: Uint8Array | undefined): void;
  /** Keeps what was decoded for the next start. @param isComplete whether all pictures were */
  keep(isComplete: boolean): Promise<void>;
  /** The pixels by slot, once they are kept. Those of broken pictures are not asked for. */
  images(): Images;
}

const sound: KnownPicture = { kind: 'pixels' };

function knownOf(found: readonly (PlacedPicture | undefined)[]): (KnownPicture | undefined)[] {
  return found.map(
    (picture) =>
      picture && (picture.reason === undefined ? sound : { kind: 'broken', reason: picture.reason }),
  );
}

const someDamaged = 'Some of the kept pictures were damaged, so that they are decoded anew.';

/** In memory. */
export class HeldPictures implements PictureStore {
  readonly known: (KnownPicture | undefined)[];
  private readonly size: number;
  /** [slots, height, width, channels], all in one piece. */
  private readonly all: Uint8Array;
  /** By slot, what the next start has to know. */
  private readonly kept: (KeptPicture | undefined)[];
  private isChanged: boolean;

  constructor(
    private readonly cache: PictureCache,
    private readonly shape: ImageShape,
    found: readonly (PlacedPicture | undefined)[],
  ) {
    this.size = imageSize(shape);
    this.all = new Uint8Array(found.length * this.size);
    this.known = knownOf(found);
    this.kept = [...found];
    this.isChanged = cache.isChanged;
    this.read(found);
  }

  put(slot: number, kept: KeptPicture | undefined, pixels: Uint8Array | undefined): void {
    this.kept[slot] = kept;
    if (pixels) this.at(slot).set(pixels);
    if (kept) this.isChanged = true;
  }

  /** Where that fails, it is said, and nothing else comes of it. */
  async keep(isComplete: boolean): Promise<void> {
    let writer: PictureFileWriter | undefined;
    try {
      if (!this.isChanged) return;
      const listed = this.kept.filter((picture) => picture !== undefined);
      const others = this.cache.others(listed);
      if ((listed.length + others.length) * this.size > mostKept) return;
      writer = this.cache.writer(this.shape);
      for (const [slot, picture] of this.kept.entries())
        if (picture) writer.put(picture, picture.reason === undefined ? this.at(slot) : undefined);
      for (const other of others) copy(this.cache.pixels, other, this.size, writer);
      (await this.cache.finish(writer, isComplete)).close();
    } catch (error) {
      if (writer) this.cache.discard(writer);
      this.cache.notices.push(
        `The decoded pictures cannot be kept for the next start (${asError(error).message}).`,
      );
    } finally {
      this.cache.close();
    }
  }

  images(): Images {
    return new HeldImages(this.all, this.size);
  }

  private at(slot: number, pictures = 1): Uint8Array {
    return this.all.subarray(slot * this.size, (slot + pictures) * this.size);
  }

  /** Reads what is found; as many as lie one after the other, here and there, at once. */
  private read(found: readonly (PlacedPicture | undefined)[]): void {
    const isThere = (picture: PlacedPicture | undefined): picture is PlacedPicture =>
      picture !== undefined && picture.reason === undefined;
    let isDamaged = false;
    for (let slot = 0; slot < found.length;) {
      const first = found[slot];
      let run = 1;
      if (isThere(first)) {
        while (run * this.size < pieceBytes) {
          const next = found[slot + run];
          if (!isThere(next) || next.place !== first.place + run * this.size) break;
          run++;
        }
        this.cache.pixels.read(first.place, this.at(slot, run));
      }
      for (const end = slot + run; slot < end; slot++) {
        const picture = found[slot];
        if (!isThere(picture) || crc32(this.at(slot)) === picture.crc) continue;
        isDamaged = true;
        this.known[slot] = undefined;
        this.kept[slot] = undefined;
      }
    }
    if (!isDamaged) return;
    this.isChanged = true;
    this.cache.notices.push(someDamaged);
  }
}

/** Pictures in a file, read whenever they are wanted. */
class StoredImages implements Images {
  /**
   * @param size values of one image
   * @param places of each image in the file
   * @param sums CRC-32 of each
   */
  constructor(
    private readonly file: PixelFile,
    private readonly size: number,
    private readonly places: Float64Array,
    private readonly sums: Uint32Array,
  ) {}

  at(index: number): Uint8Array {
    const pixels = new Uint8Array(this.size);
    let problem = 'its bytes are others than were written';
    try {
      this.file.read(this.places[index]!, pixels);
      if (crc32(pixels) === this.sums[index]) return pixels;
    } catch (error) {
      problem = asError(error).message;
    }
    throw new UserError(
      `The decoded pictures in ${this.file.path} cannot be read: ${problem}.`,
      'Delete that file, or run "nas cache --clear", and start again: the pictures are decoded anew.',
      'broken-data',
    );
  }

  checksum(index: number): number {
    return this.sums[index]!;
  }
}

/** In the file of the cache. */
export class StoredPictures implements PictureStore {
  readonly known: (KnownPicture | undefined)[];
  private readonly size: number;
  private readonly places: Float64Array;
  private readonly sums: Uint32Array;
  /** What the file that is being written has. */
  private readonly written: KeptPicture[] = [];
  private writer: PictureFileWriter | undefined;
  private file: PixelFile | undefined;

  /** @throws UserError where nothing can be written */
  constructor(
    private readonly cache: PictureCache,
    shape: ImageShape,
    found: readonly (PlacedPicture | undefined)[],
  ) {
    this.size = imageSize(shape);
    this.known = knownOf(found);
    this.places = new Float64Array(found.length);
    this.sums = new Uint32Array(found.length);
    if (!cache.isChanged && found.every((picture) => picture !== undefined)) {
      this.file = cache.pixels;
      found.forEach((picture, slot) => this.place(slot, picture));
      return;
    }
    this.writing(() => {
      const writer = cache.writer(shape);
      this.writer = writer;
      found.forEach((picture, slot) => {
        const copied = picture && copy(cache.pixels, picture, this.size, writer);
        if (picture && copied) {
          this.place(slot, copied);
          this.written.push(picture);
        } else this.known[slot] = undefined;
      });
    });
    const lost = found.filter((picture, slot) => picture && !this.known[slot]);
    if (lost.length > 0) cache.notices.push(someDamaged);
  }

  put(slot: number, kept: KeptPicture | undefined, pixels: Uint8Array | undefined): void {
    this.writing(() => this.place(slot, this.writer!.put(kept, pixels)));
    if (kept) this.written.push(kept);
  }

  async keep(isComplete: boolean): Promise<void> {
    const { writer, cache, written } = this;
    if (!writer) return;
    this.writer = undefined;
    try {
      for (const other of cache.others(written)) copy(cache.pixels, other, this.size, writer);
      this.file = await cache.finish(writer, isComplete);
    } catch (error) {
      cache.discard(writer);
      throw this.failed(error);
    }
  }

  images(): Images {
    return new StoredImages(this.file!, this.size, this.places, this.sums);
  }

  private place(slot: number, { place, crc }: Place): void {
    this.places[slot] = place;
    this.sums[slot] = crc;
  }

  private writing(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (this.writer) this.cache.discard(this.writer);
      this.writer = undefined;
      throw this.failed(error);
    }
  }

  private failed(error: unknown): UserError {
    const bytes = formatBytes(this.places.length * this.size);
    return new UserError(
      `The pictures take ${bytes} once they are decoded, and cannot be written to ${this.cache.folder} (${asError(error).message}).`,
      'Free as much on the disk, make them smaller by "imageSize", or take fewer by "trainImages" and "testImages".',
      'picture-cache',
    );
  }
}

/** Copies a picture into a file that is being written. @returns where it is there; undefined where it was damaged */
function copy(
  from: PixelFile,
  picture: PlacedPicture,
  size: number,
  writer: PictureFileWriter,
): Place | undefined {
  if (picture.reason !== undefined) return writer.put(picture, undefined);
  const pixels = new Uint8Array(size);
  from.read(picture.place, pixels);
  return crc32(pixels) === picture.crc ? writer.put(picture, pixels) : undefined;
}
