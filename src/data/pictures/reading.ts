/** What every reader of pictures shares: sizes by headers, decoding into one shape, and the list of those that are broken. */
import { statSync } from 'node:fs';
import * as z from 'zod';
import { described } from '../../describe';
import { UserError } from '../../errors';
import { formatCount, formatDuration } from '../../format';
import { broken } from '../broken';
import {
  type Fitting,
  type ImageShape,
  type ImageSize,
  imageSize,
  type LeftOut,
  type LoadContext,
} from '../dataSet';
import { fittedShape } from '../fitting';
import { HeldImages, type Images } from '../images';
import { defaultThreads } from '../../threads';
import { PictureCache, pictureCacheFolder } from './cache';
import { decodePictures } from './decoder';
import { BrokenPicture, type PictureHeader, readHeader } from './header';
import type { DecodeAnswer } from './messages';

/** The key that all sets of single pictures share. */
export const maxBrokenKey = described(
  z.number().min(0).max(1).default(0.05),
  'Share of the pictures that may be broken: they are listed and left out. Beyond it, the set is refused.',
);

/** Pictures that are read together. */
export interface PictureSource {
  /** What messages begin with: the path of the folder or of the table. */
  readonly source: string;
  /** What messages call each of them. */
  readonly names: readonly string[];
  /** The file of each; undefined where its bytes are in another file. */
  readonly files: readonly (string | undefined)[];
  /** Whether the source has more pictures than these. */
  readonly isPart?: boolean;
  /**
   * The bytes of a picture without a file. Asked for in ascending order, but for those at which the decoder broke down.
   * @throws BrokenPicture where there are none
   */
  bytesOf?(index: number): Promise<Uint8Array>;
}

/** Sizes from the smallest area on, and channels, of pictures that were looked at. */
export interface PictureShapes {
  readonly sizes: readonly ImageSize[];
  readonly channels: 1 | 3;
}

/** Headers that are read for the facts, evenly over the pictures: those of all where there are no more. */
export const lookedAt = 2000;
/** Broken pictures that a message names. */
const listed = 5;

/** Headers by file, as long as its size and time are the same: facts are asked for at every change of a config. */
const headers = new Map<string, { readonly stamp: string; readonly header: PictureHeader | undefined }>();
/** So that what a long session looked at does not fill the memory. */
const mostHeaders = 20_000;

/** The header of a picture's file; undefined where it is broken. */
export function headerOf(file: string): PictureHeader | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  const stamp = `${stat?.size} ${stat?.mtimeMs}`;
  const known = headers.get(file);
  if (known?.stamp === stamp) return known.header;
  let header: PictureHeader | undefined;
  try {
    header = readHeader(file);
  } catch (error) {
    if (!(error instanceof BrokenPicture)) throw error;
  }
  if (headers.size >= mostHeaders) headers.clear();
  headers.set(file, { stamp, header });
  return header;
}

/** Positions that are looked at among so many pictures. */
export function positionsLookedAt(count: number, most = lookedAt): number[] {
  const step = Math.max(1, count / most);
  return Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor(i * step));
}

/**
 * @param source what the message begins with
 * @throws UserError where none of the headers could be read
 */
export function shapesOf(looked: Iterable<PictureHeader | undefined>, source: string): PictureShapes {
  const sizes = new Map<string, ImageSize>();
  let channels: 1 | 3 = 1;
  for (const header of looked) {
    if (!header) continue;
    const { height, width } = header;
    sizes.set(`${height} ${width}`, { height, width });
    if (!header.isGrey) channels = 3;
  }
  if (sizes.size === 0) {
    throw broken(source, 'none of its pictures can be read.', 'Look whether the files open elsewhere.');
  }
  const sorted = [...sizes.values()].sort((a, b) => a.height * a.width - b.height * b.width);
  return { sizes: sorted, channels };
}

/** Seconds after which it can be told how long the rest takes. */
const tellingTime = 3;

/** How far reading is and, once that can be told, how long it still takes. @param elapsed seconds */
export function readingStep(done: number, total: number, elapsed: number): string {
  const step = `Reading pictures: ${formatCount(done)} of ${formatCount(total)}`;
  if (elapsed < tellingTime || done === 0 || done === total) return step;
  return `${step}, ${formatDuration((elapsed * (total - done)) / done)} left`;
}

/** Reads pictures into one shape. */
export class PictureReading {
  /** Of the pictures, once they are fitted. */
  readonly shape: ImageShape;
  /** What the person should know, once the pictures are decoded. */
  readonly notices: string[] = [];
  private readonly broken: LeftOut[] = [];
  private readonly fitting: Fitting;

  /** @throws UserError where the pictures cannot be fitted as they are to be */
  constructor(
    private readonly chosen: Fitting & { readonly maxBroken: number },
    private readonly pictures: PictureSource,
    { sizes, channels }: PictureShapes,
    private readonly context: LoadContext,
  ) {
    const { imageSize: size, fit, enlarge, colour = 'as-is' } = chosen;
    // Where some are in colour, all have three channels.
    const wanted = colour === 'as-is' && channels === 3 ? 'rgb' : colour;
    this.fitting = { imageSize: size, fit, enlarge, colour: wanted };
    this.shape = fittedShape({ ...sizes[0]!, sizes, channels }, chosen);
  }

  /**
   * @returns the pixels of each picture; undefined where it is broken
   * @throws UserError for what does not fit, and when too many are broken
   */
  async decode(): Promise<(Uint8Array | undefined)[]> {
    const { names, files, bytesOf, source, isPart = false } = this.pictures;
    const { signal, onProgress, cacheFolder } = this.context;
    const size = imageSize(this.shape);
    // All in one piece, so that a part of it is a set.
    const all = new Uint8Array(names.length * size);
    const pictureAt = (slot: number): Uint8Array => all.subarray(slot * size, (slot + 1) * size);
    const cache = new PictureCache({
      ...{ source, fitting: this.fitting, shape: this.shape, isWhole: !isPart },
      folder: pictureCacheFolder(cacheFolder),
    });
    const known = cache.take(files, all);
    const pixels = known.map((found, slot) => (found?.kind === 'pixels' ? pictureAt(slot) : undefined));
    known.forEach((found, slot) => {
      if (found?.kind === 'broken') this.leaveOut(slot, found.reason);
    });
    const slots = [...known.keys()].filter((slot) => !known[slot]);
    let done = 0;
    const start = performance.now();
    await decodePictures({
      files: slots.map((slot) => files[slot] ?? names[slot]!),
      ...(bytesOf && {
        bytesOf: (index) => (files[slots[index]!] === undefined ? bytesOf(slots[index]!) : undefined),
      }),
      fitting: this.fitting,
      threads: Math.min(8, defaultThreads()),
      signal,
      onAnswer: (index, answer) => {
        const slot = slots[index]!;
        const picture = this.take(slot, answer);
        if (picture) {
          pixels[slot] = pictureAt(slot);
          pixels[slot].set(picture);
        }
        const [file, reason] = [files[slot], answer.kind === 'broken' ? answer.reason : undefined];
        if (file !== undefined && answer.hash !== undefined) cache.add(slot, file, answer.hash, reason);
        done++;
        if (done % 100 === 0 || done === slots.length) {
          onProgress?.({
            step: readingStep(done, slots.length, (performance.now() - start) / 1000),
            fraction: done / slots.length,
          });
        }
      },
    });
    this.requireSound();
    await cache.keep(all);
    this.notices.push(...cache.notices);
    return pixels;
  }

  private leaveOut(slot: number, reason: string): void {
    const file = this.pictures.files[slot];
    this.broken.push({ name: this.pictures.names[slot]!, reason, ...(file !== undefined && { file }) });
  }

  private take(slot: number, answer: DecodeAnswer): Uint8Array | undefined {
    if (answer.kind === 'broken') {
      this.leaveOut(slot, answer.reason);
      return undefined;
    }
    const name = this.pictures.names[slot]!;
    if (answer.kind === 'unfit') throw this.unfit(name, answer.message, answer.hint);
    const { height, width, channels } = answer.shape;
    const words = `${height} × ${width} × ${channels}`;
    const wanted = `${this.shape.height} × ${this.shape.width} × ${this.shape.channels}`;
    if (words === wanted) return answer.pixels;
    if (channels !== this.shape.channels) {
      throw this.unfit(name, 'It is in colour, others are grey.', 'Write "colour": "rgb" or "grey".');
    }
    const hint = 'Write an "imageSize" with "fit": "crop" or "pad".';
    throw this.unfit(name, `It comes to ${words}, others to ${wanted}.`, hint);
  }

  private unfit(name: string, message: string, hint: string): UserError {
    return new UserError(`${this.pictures.source}: ${name} does not fit. ${message}`, hint, 'image-size');
  }

  /** The broken pictures in the order of their names, whichever thread was first. */
  get leftOut(): readonly LeftOut[] {
    return this.broken.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A few of the broken pictures. */
  brokenText(): string {
    const sorted = this.leftOut;
    const lines = sorted.slice(0, listed).map(({ name, reason }) => `${name} (${reason})`);
    const more = sorted.length - lines.length;
    return lines.join(', ') + (more > 0 ? ` and ${more} more` : '');
  }

  /** What is said of the pictures that are left out; undefined where there are none. */
  brokenNotice(): string | undefined {
    const left = this.broken.length;
    if (left === 0) return undefined;
    return `${left === 1 ? '1 picture is' : `${left} pictures are`} left out, since broken: ${this.brokenText()}.`;
  }

  private requireSound(): void {
    const total = this.pictures.names.length;
    if (this.broken.length <= this.chosen.maxBroken * total) return;
    throw broken(
      this.pictures.source,
      `${this.broken.length} of ${total} pictures cannot be read: ${this.brokenText()}.`,
      'Mend or remove them, or raise "maxBroken", the share that may be left out.',
    );
  }

  /** Pictures one after the other. @param chosen none of them broken */
  join(chosen: readonly Uint8Array[]): Images {
    const size = imageSize(this.shape);
    const first = chosen[0];
    const lie = first && chosen.every((picture, i) => picture.byteOffset === first.byteOffset + i * size);
    if (lie)
      return new HeldImages(new Uint8Array(first.buffer, first.byteOffset, chosen.length * size), size);
    const bytes = new Uint8Array(chosen.length * size);
    chosen.forEach((picture, i) => bytes.set(picture, i * size));
    return new HeldImages(bytes, size);
  }
}
