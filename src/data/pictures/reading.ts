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
  imageSize,
  type LeftOut,
  type LoadContext,
  type PictureSize,
} from '../dataSet';
import { fittedShape } from '../fitting';
import type { Images } from '../images';
import { defaultThreads } from '../../threads';
import { PictureCache, pictureCacheFolder, type PictureOrigin } from './cache';
import { decodePictures, startDecoders } from './decoder';
import { BrokenPicture, type PictureHeader, readHeader } from './header';
import type { DecodeAnswer } from './messages';
import type { KeptHeader } from './pictureFile';
import { HeldPictures, type KnownPicture, type PictureStore, StoredPictures } from './pictureStore';

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
  /** By what a picture is known at the next start, if by anything. */
  originOf(this: void, index: number): PictureOrigin | undefined;
  /**
   * The bytes of a picture without a file. Asked for in ascending order, but for those at which the decoder broke down.
   * @throws BrokenPicture where there are none
   */
  bytesOf?(index: number): Promise<Uint8Array>;
}

/** Sizes from the smallest area on, and channels, of pictures that were looked at. */
export interface PictureShapes {
  readonly sizes: readonly PictureSize[];
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

/** What messages call a picture that was looked at, and its header; undefined where it is broken. */
export type LookedAt = readonly [name: string, header: KeptHeader | undefined];

/**
 * @param source what the message begins with
 * @throws UserError where none of the headers could be read
 */
export function shapesOf(looked: Iterable<LookedAt>, source: string): PictureShapes {
  const sizes = new Map<string, PictureSize>();
  let channels: 1 | 3 = 1;
  for (const [example, header] of looked) {
    if (!header) continue;
    const { height, width } = header;
    const key = `${height} ${width}`;
    if (!sizes.has(key)) sizes.set(key, { height, width, example });
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

/** Pictures that were read. */
export interface ReadPictures {
  /** By slot; those of broken pictures are not there. */
  readonly images: Images;
  readonly isSound: (slot: number) => boolean;
}

function decoderThreads(): number {
  return Math.min(8, defaultThreads());
}

/** Bytes of decoded pictures that are held in memory; more are read from a file whenever they are wanted. */
const mostHeld = 256 * 1024 * 1024;

/** Reads pictures into one shape. */
export class PictureReading {
  /** What the person should know, once the pictures are decoded. */
  readonly notices: string[] = [];
  private readonly broken: LeftOut[] = [];

  /** @param shape of the pictures, once they are fitted */
  private constructor(
    readonly shape: ImageShape,
    private readonly fitting: Fitting & { readonly maxBroken: number },
    private readonly pictures: PictureSource,
    private readonly cache: PictureCache,
    private readonly context: LoadContext,
  ) {}

  /**
   * @param shapesBy sizes and channels, by headers of files, of which some are known from the start before
   * @throws UserError where the pictures cannot be fitted as they are to be, and what `shapesBy` throws
   */
  static async open(
    chosen: Fitting & { readonly maxBroken: number },
    pictures: PictureSource,
    context: LoadContext,
    shapesBy: (headerOf: (file: string) => KeptHeader | undefined) => PictureShapes | Promise<PictureShapes>,
  ): Promise<PictureReading> {
    const { imageSize: size, fit, enlarge, colour = 'as-is', maxBroken } = chosen;
    const cache = new PictureCache({
      ...{ source: pictures.source, fitting: { imageSize: size, fit, enlarge, colour } },
      ...{ folder: pictureCacheFolder(context.cacheFolder), isWhole: !pictures.isPart },
    });
    if (cache.isEmpty) startDecoders(pictures.names.length, decoderThreads());
    const { sizes, channels } = await shapesBy((file) => {
      const known = cache.headerOf(file);
      return known ? known.header : headerOf(file);
    });
    // Where some are in colour, all have three channels.
    const wanted = colour === 'as-is' && channels === 3 ? 'rgb' : colour;
    const shape = fittedShape({ ...sizes[0]!, sizes, channels }, chosen);
    const fitting = { imageSize: size, fit, enlarge, colour: wanted, maxBroken };
    return new PictureReading(shape, fitting, pictures, cache, context);
  }

  /** @throws UserError for what does not fit, when too many are broken, and where many cannot be stored */
  async decode(): Promise<ReadPictures> {
    const { names, originOf } = this.pictures;
    const { cache, shape } = this;
    const found = cache.find(
      shape,
      names.map((_, slot) => originOf(slot)),
    );
    const isHeld = names.length * imageSize(shape) <= (this.context.mostHeld ?? mostHeld);
    const store = new (isHeld ? HeldPictures : StoredPictures)(cache, shape, found);
    const known = [...store.known];
    const slots = [...known.keys()].filter((slot) => !known[slot]);
    known.forEach((picture, slot) => {
      if (picture?.kind === 'broken') this.leaveOut(slot, picture.reason);
    });
    try {
      await this.decodeInto(store, slots, (slot, answer) => (known[slot] = answer));
      this.requireSound();
    } finally {
      // What was decoded before an error or a cancel need not be decoded again.
      await store.keep(slots.every((slot) => known[slot]));
    }
    this.notices.push(...cache.notices);
    return { images: store.images(), isSound: (slot) => known[slot]?.kind === 'pixels' };
  }

  private async decodeInto(
    store: PictureStore,
    slots: readonly number[],
    note: (slot: number, picture: KnownPicture) => void,
  ): Promise<void> {
    const { names, files, bytesOf, originOf } = this.pictures;
    const { signal, onProgress } = this.context;
    let done = 0;
    const start = performance.now();
    await decodePictures({
      files: slots.map((slot) => files[slot] ?? names[slot]!),
      ...(bytesOf && {
        bytesOf: (index) => (files[slots[index]!] === undefined ? bytesOf(slots[index]!) : undefined),
      }),
      fitting: this.fitting,
      threads: decoderThreads(),
      signal,
      onAnswer: (index, answer) => {
        const slot = slots[index]!;
        const pixels = this.take(slot, answer);
        const reason = answer.kind === 'broken' ? answer.reason : undefined;
        const origin = originOf(slot);
        const hash = origin?.part === undefined ? answer.hash : '';
        const isKnown = origin !== undefined && hash !== undefined;
        store.put(
          slot,
          isKnown ? this.cache.describe(origin, hash, answer.header, reason) : undefined,
          pixels,
        );
        note(slot, reason === undefined ? { kind: 'pixels' } : { kind: 'broken', reason });
        done++;
        if (done % 100 === 0 || done === slots.length) {
          onProgress?.({
            step: readingStep(done, slots.length, (performance.now() - start) / 1000),
            fraction: done / slots.length,
          });
        }
      },
    });
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
    if (this.broken.length <= this.fitting.maxBroken * total) return;
    throw broken(
      this.pictures.source,
      `${this.broken.length} of ${total} pictures cannot be read: ${this.brokenText()}.`,
      'Mend or remove them, or raise "maxBroken", the share that may be left out.',
    );
  }
}
