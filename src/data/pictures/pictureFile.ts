/**
 * The file of decoded pictures: `magic`, where the index begins (64 bits, little-endian), its bytes and its CRC-32 (32 bits each), the
 * pixels of one picture after the other, and the index in JSON, column by column.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { ImageShape } from '../dataSet';
import type { PictureHeader } from './header';

/** With the version of the decoders and of this file: after another one pictures are made anew. */
const magic = 'NASPICS4';
const headBytes = magic.length + 16;
/** Bytes that are read or written at a time. */
export const pieceBytes = 16 * 1024 * 1024;

/** What is said of a picture by its header. */
export type KeptHeader = Pick<PictureHeader, 'height' | 'width' | 'isGrey'>;

/** Size and times of a file, by which it is taken for the same. */
export interface Stamp {
  readonly bytes: number;
  /** Milliseconds, with fractions. */
  readonly modified: number;
  /** Of its entry in the folder, as well. */
  readonly changed: number;
}

/** A picture that was decoded, and where it came from. */
export interface KeptPicture extends Stamp {
  readonly file: string;
  /** Which of its pictures, where a file holds many. */
  readonly part?: string;
  /** Of the content of the file; empty where it holds many pictures. */
  readonly hash: string;
  /** Undefined where it cannot be read. */
  readonly header?: KeptHeader;
  /** Why it is broken. */
  readonly reason?: string;
}

/** Of pixels in a file, zero where a picture is broken. */
export interface Place {
  readonly place: number;
  /** CRC-32 of the pixels. */
  readonly crc: number;
}

export type PlacedPicture = KeptPicture & Place;

/** Whose pictures a file has. */
export interface KeptSource {
  readonly source: string;
  /** Of every picture. */
  readonly shape: ImageShape;
}

interface Index extends KeptSource {
  /** Whether it had all pictures of the source, not those alone that a run had drawn. */
  readonly isWhole: boolean;
  /** [pictures] each */
  readonly file: readonly string[];
  readonly part: readonly (string | null)[];
  readonly bytes: readonly number[];
  readonly modified: readonly number[];
  readonly changed: readonly number[];
  readonly hash: readonly string[];
  readonly height: readonly number[];
  readonly width: readonly number[];
  readonly isGrey: readonly (0 | 1)[];
  readonly place: readonly number[];
  readonly crc: readonly number[];
  /** By position, of those that are broken. */
  readonly reasons: Readonly<Record<number, string>>;
}

function indexOf(kept: KeptSource & Pick<Index, 'isWhole'>, pictures: readonly PlacedPicture[]): Index {
  const column = <T>(of: (picture: PlacedPicture) => T): T[] => pictures.map(of);
  const broken = [...pictures.entries()].filter(([, { reason }]) => reason !== undefined);
  return {
    ...kept,
    ...{ file: column(({ file }) => file), part: column(({ part }) => part ?? null) },
    bytes: column(({ bytes }) => bytes),
    ...{ modified: column(({ modified }) => modified), changed: column(({ changed }) => changed) },
    hash: column(({ hash }) => hash),
    height: column(({ header }) => header?.height ?? 0),
    width: column(({ header }) => header?.width ?? 0),
    isGrey: column(({ header }) => (header?.isGrey ? 1 : 0)),
    ...{ place: column(({ place }) => place), crc: column(({ crc }) => crc) },
    reasons: Object.fromEntries(broken.map(([i, { reason }]) => [i, reason!])),
  };
}

/** Made for every picture at every start: objects put together from parts would take several times as long. */
function picturesOf(index: Index): PlacedPicture[] {
  return index.file.map((file, i) => {
    const height = index.height[i]!;
    return {
      file,
      part: index.part[i] ?? undefined,
      bytes: index.bytes[i]!,
      modified: index.modified[i]!,
      changed: index.changed[i]!,
      hash: index.hash[i]!,
      header: height > 0 ? { height, width: index.width[i]!, isGrey: index.isGrey[i] === 1 } : undefined,
      reason: index.reasons[i],
      place: index.place[i]!,
      crc: index.crc[i]!,
    };
  });
}

/** The index of an open file; undefined where it is damaged or of another version. */
function readIndex(handle: number): Index | undefined {
  const head = Buffer.alloc(headBytes);
  if (readSync(handle, head, 0, headBytes, 0) < headBytes) return undefined;
  if (head.toString('latin1', 0, magic.length) !== magic) return undefined;
  const place = Number(head.readBigUInt64LE(magic.length));
  const length = head.readUInt32LE(magic.length + 8);
  if (place + length !== fstatSync(handle).size) return undefined;
  const text = Buffer.allocUnsafe(length);
  readSync(handle, text, 0, length, place);
  // What has this sum was written by this version, whole.
  if (crc32(text) !== head.readUInt32LE(magic.length + 12)) return undefined;
  return JSON.parse(text.toString('utf8')) as Index;
}

/** The pixels in an open file. */
export class PixelFile {
  constructor(
    readonly path: string,
    readonly handle: number,
  ) {}

  /** Fills `target` with what begins at a place. @throws Error where the file cannot be read */
  read(place: number, target: Uint8Array): void {
    readSync(this.handle, target, 0, target.length, place);
  }

  close(): void {
    closeSync(this.handle);
  }
}

/** A file of pictures that is there. */
export class PictureFile {
  private constructor(
    readonly pixels: PixelFile,
    readonly kept: KeptSource & Pick<Index, 'isWhole'>,
    readonly pictures: readonly PlacedPicture[],
  ) {}

  /** @returns undefined where the file is damaged or of another version */
  static open(path: string): PictureFile | undefined {
    const handle = openSync(path, 'r');
    let index: Index | undefined;
    try {
      index = readIndex(handle);
    } catch {
      // A size or a text that cannot be is damage, too.
    }
    if (!index) {
      closeSync(handle);
      return undefined;
    }
    const { source, shape, isWhole } = index;
    return new PictureFile(new PixelFile(path, handle), { source, shape, isWhole }, picturesOf(index));
  }
}

/** A file of pictures that is being written; it is one once it is finished. */
export class PictureFileWriter {
  private readonly handle: number;
  private readonly pictures: PlacedPicture[] = [];
  private end = headBytes;
  /** What is not written yet. */
  private readonly piece = Buffer.allocUnsafe(1024 * 1024);
  private filled = 0;

  /** @throws Error where it cannot be written; so do the other methods */
  constructor(
    readonly path: string,
    private readonly kept: KeptSource,
  ) {
    this.handle = openSync(path, 'wx+');
    this.write(Buffer.alloc(headBytes));
  }

  /**
   * @param picture undefined where the next start must not find it
   * @param pixels undefined where it is broken
   */
  put(picture: KeptPicture | undefined, pixels: Uint8Array | undefined): Place {
    const place = pixels ? { place: this.end, crc: crc32(pixels) } : { place: 0, crc: 0 };
    if (picture) this.pictures.push({ ...picture, ...place });
    if (pixels) this.write(pixels);
    this.end += pixels?.length ?? 0;
    return place;
  }

  /** @param isWhole whether it has all pictures of the source */
  finish(isWhole: boolean): PixelFile {
    const text = Buffer.from(JSON.stringify(indexOf({ ...this.kept, isWhole }, this.pictures)));
    this.write(text);
    this.flush();
    const head = Buffer.alloc(headBytes);
    head.write(magic, 'latin1');
    head.writeBigUInt64LE(BigInt(this.end), magic.length);
    head.writeUInt32LE(text.length, magic.length + 8);
    head.writeUInt32LE(crc32(text), magic.length + 12);
    writeSync(this.handle, head, 0, headBytes, 0);
    return new PixelFile(this.path, this.handle);
  }

  /** Frees what it took; the file is of no use then. */
  abandon(): void {
    ftruncateSync(this.handle, 0);
    closeSync(this.handle);
  }

  private write(bytes: Uint8Array): void {
    if (this.filled + bytes.length > this.piece.length) this.flush();
    if (bytes.length > this.piece.length) return this.writeThrough(bytes);
    this.piece.set(bytes, this.filled);
    this.filled += bytes.length;
  }

  private flush(): void {
    this.writeThrough(this.piece.subarray(0, this.filled));
    this.filled = 0;
  }

  /** A call may write less than it is given. */
  private writeThrough(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.handle, bytes, at);
  }
}
