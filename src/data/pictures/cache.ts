/**
 * Decoded and fitted pictures, kept from start to start. One file holds those of one source in one fitting: an index, and then their
 * pixels. A picture is taken from it while its file has the same size and times, or, where these differ, the same content; so a file
 * that was renamed is not decoded again, and one that was edited is.
 *
 * The file: `magic`, bytes of the index and its CRC-32 as 32-bit numbers (little-endian), the index in JSON, pixels.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import type { Fitting, ImageShape } from '../dataSet';
import { imageSize } from '../dataSet';
import { contentHash } from './contentHash';

/** Of the decoders and of this file: another one makes pictures anew. */
const version = 1;
const magic = 'NASPICS1';
const headBytes = magic.length + 8;
const extension = '.pictures';

/** Bytes of all caches together; those that were not used for longest make room. */
const mostBytes = 10e9;
/** Bytes that are read or written at a time. */
const pieceBytes = 16 * 1024 * 1024;

const indexSchema = z.object({
  version: z.literal(version),
  source: z.string(),
  /** Bytes of a picture. */
  size: z.number().int().min(1),
  /** Whether it had all pictures of the source, not those alone that a run had drawn. */
  isWhole: z.boolean(),
  pictures: z.array(
    z.object({
      file: z.string(),
      /** Size and times of the file. */
      stamp: z.string(),
      bytes: z.number(),
      /** Of the file. */
      hash: z.string(),
      /** Of the pixels; undefined where the picture is broken. */
      crc: z.number().optional(),
      /** Why it is broken. */
      reason: z.string().optional(),
    }),
  ),
});
type Index = z.output<typeof indexSchema>;
type Entry = Index['pictures'][number];
/** With the place of its pixels in the file. */
type Placed = Entry & { readonly place: number };

/** What is known of a picture before it is decoded. */
export type KnownPicture = { readonly kind: 'pixels' } | { readonly kind: 'broken'; readonly reason: string };

/** Where decoded pictures are, in the folder of all data. */
export function pictureCacheFolder(dataFolder: string): string {
  return path.join(dataFolder, 'pictures');
}

export interface KeptPictures {
  readonly file: string;
  readonly source: string;
  readonly pictures: number;
  readonly bytes: number;
  readonly used: Date;
}

/** All caches, those used last first. @param folder of `pictureCacheFolder` */
export async function keptPictures(folder: string): Promise<KeptPictures[]> {
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => name.endsWith(extension)).map((name) => path.join(folder, name));
  const all = await Promise.all(
    found.map(async (file) => {
      const index = readIndex(file);
      const { size, mtime } = await stat(file);
      const [source, pictures] = [index?.source ?? 'damaged', index?.pictures.length ?? 0];
      return { file, source, pictures, bytes: size, used: mtime };
    }),
  );
  return all.sort((a, b) => b.used.getTime() - a.used.getTime());
}

/** The index of a cache; undefined where the file is damaged or of another version. */
function readIndex(file: string): Index | undefined {
  const handle = openSync(file, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    if (readSync(handle, head, 0, headBytes, 0) < headBytes) return undefined;
    if (head.toString('latin1', 0, magic.length) !== magic) return undefined;
    const length = head.readUInt32LE(magic.length);
    const { size } = fstatSync(handle);
    if (headBytes + length > size) return undefined;
    const text = Buffer.alloc(length);
    readSync(handle, text, 0, length, headBytes);
    if (crc32(text) !== head.readUInt32LE(magic.length + 4)) return undefined;
    const index = indexSchema.safeParse(JSON.parse(text.toString('utf8'))).data;
    if (!index) return undefined;
    const sound = index.pictures.filter(({ crc }) => crc !== undefined).length;
    return headBytes + length + sound * index.size === size ? index : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(handle);
  }
}

interface Stamp {
  readonly stamp: string;
  readonly bytes: number;
}

function stampOf(file: string): Stamp | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && { stamp: `${found.size} ${found.mtimeMs} ${found.ctimeMs}`, bytes: found.size };
}

export interface CacheOptions {
  /** Of `pictureCacheFolder`. */
  readonly folder: string;
  /** What the pictures belong to. */
  readonly source: string;
  readonly fitting: Fitting;
  /** Of all pictures once they are fitted. */
  readonly shape: ImageShape;
  /** Whether the pictures are all of the source. */
  readonly isWhole: boolean;
}

/** The kept pictures of one source in one fitting. */
export class PictureCache {
  /** What the person should know. */
  readonly notices: string[] = [];
  private readonly file: string;
  private readonly size: number;
  private wasWhole = false;
  private old: Placed[] = [];
  /** By slot, what the next cache has. */
  private readonly entries = new Map<number, Entry>();
  private isChanged = false;

  constructor(private readonly options: CacheOptions) {
    const { folder, source, fitting, shape } = options;
    const { imageSize: size, fit, enlarge, colour } = fitting;
    const key = createHash('sha256').update(
      JSON.stringify([version, source, size, fit, enlarge, colour, shape]),
    );
    this.file = path.join(folder, `${key.digest('hex').slice(0, 32)}${extension}`);
    this.size = imageSize(shape);
    if (!existsSync(this.file)) return;
    const index = readIndex(this.file);
    if (!index || index.size !== this.size) {
      this.notices.push('The kept pictures were damaged, so that all are decoded anew.');
      return;
    }
    this.wasWhole = index.isWhole;
    let place =
      statSync(this.file).size - this.size * index.pictures.filter(({ crc }) => crc !== undefined).length;
    this.old = index.pictures.map((entry) => {
      const placed = { ...entry, place };
      if (entry.crc !== undefined) place += this.size;
      return placed;
    });
  }

  /**
   * Looks up pictures and puts the pixels of those that are kept to their slots.
   * @param files undefined for a picture that is no file
   * @param pixels [files.length] pictures
   * @returns of each picture what is known
   */
  take(files: readonly (string | undefined)[], pixels: Uint8Array): (KnownPicture | undefined)[] {
    const byFile = new Map(this.old.map((entry) => [entry.file, entry]));
    const listed = new Set(files);
    const found = new Map<number, Placed>();
    const doubted: { slot: number; file: string; stamp: Stamp }[] = [];
    const used = new Set<Entry>();
    files.forEach((file, slot) => {
      const stamp = file === undefined ? undefined : stampOf(file);
      if (file === undefined || !stamp) return;
      const entry = byFile.get(file);
      if (entry?.stamp === stamp.stamp) {
        found.set(slot, entry);
        used.add(entry);
      } else doubted.push({ slot, file, stamp });
    });
    // Kept pictures whose files are others now, or gone.
    const loose = this.old.filter(
      (entry) => !used.has(entry) && (listed.has(entry.file) || !existsSync(entry.file)),
    );
    const sizes = new Set(loose.map(({ bytes }) => bytes));
    const byHash = new Map(loose.map((entry) => [entry.hash, entry]));
    let [changed, added] = [0, 0];
    for (const { slot, file, stamp } of doubted) {
      const same = sizes.has(stamp.bytes) ? byHash.get(contentHash(readFileSync(file))) : undefined;
      if (same) {
        found.set(slot, { ...same, ...stamp, file });
        used.add(same);
        this.isChanged = true;
      } else if (byFile.has(file)) changed++;
      else added++;
    }
    const gone = loose.filter((entry) => !used.has(entry) && !listed.has(entry.file)).length;
    if (changed + gone > 0) this.isChanged = true;
    this.tell(this.wasWhole && this.options.isWhole ? added : 0, changed, gone);
    return this.read(files.length, found, pixels);
  }

  private tell(added: number, changed: number, gone: number): void {
    const parts = [
      added > 0 ? `${added} ${added === 1 ? 'is' : 'are'} new` : '',
      changed > 0 ? `${changed} ${changed === 1 ? 'has' : 'have'} changed` : '',
      gone > 0 ? `${gone} ${gone === 1 ? 'is' : 'are'} gone` : '',
    ].filter((part) => part !== '');
    if (parts.length > 0)
      this.notices.push(`Of the pictures, since they were last read, ${parts.join(', ')}.`);
  }

  private read(
    count: number,
    found: ReadonlyMap<number, Placed>,
    pixels: Uint8Array,
  ): (KnownPicture | undefined)[] {
    const known = new Array<KnownPicture | undefined>(count).fill(undefined);
    if (found.size === 0) return known;
    let damaged = false;
    const handle = openSync(this.file, 'r');
    try {
      const slots = [...found.keys()].sort((a, b) => a - b);
      for (let i = 0; i < slots.length;) {
        const begin = slots[i]!;
        const first = found.get(begin)!;
        // As many as lie one after the other, here and there, are read at once.
        let run = 1;
        const isNext = (slot: number | undefined): boolean =>
          slot === begin + run && found.get(slot)!.place === first.place + run * this.size;
        while (run * this.size < pieceBytes && isNext(slots[i + run])) run++;
        if (first.crc !== undefined)
          readSync(handle, pixels, begin * this.size, run * this.size, first.place);
        for (let slot = begin; slot < begin + run; slot++) {
          const { place: _, ...entry } = found.get(slot)!;
          if (entry.reason !== undefined) known[slot] = { kind: 'broken', reason: entry.reason };
          else if (crc32(this.pictureAt(pixels, slot)) === entry.crc) known[slot] = { kind: 'pixels' };
          else {
            damaged = true;
            continue;
          }
          this.entries.set(slot, entry);
        }
        i += run;
      }
    } finally {
      closeSync(handle);
    }
    if (damaged) {
      this.isChanged = true;
      this.notices.push('Some of the kept pictures were damaged, so that they are decoded anew.');
    }
    const now = new Date();
    utimesSync(this.file, now, now);
    return known;
  }

  private pictureAt(pixels: Uint8Array, slot: number): Uint8Array {
    return pixels.subarray(slot * this.size, (slot + 1) * this.size);
  }

  /** Notes a picture that was decoded. @param hash of its file @param reason why it is broken, if it is */
  add(slot: number, file: string, hash: string, reason?: string): void {
    const stamp = stampOf(file);
    if (!stamp) return;
    this.isChanged = true;
    this.entries.set(slot, { ...stamp, file, hash, ...(reason !== undefined && { reason }) });
  }

  /** Writes the pictures down if there is anything new. Where that fails, it is said, and nothing else comes of it. */
  async keep(pixels: Uint8Array): Promise<void> {
    if (!this.isChanged) return;
    const { folder, source, isWhole } = this.options;
    const slots = [...this.entries.keys()].sort((a, b) => a - b);
    const current = slots.map((slot): Entry => {
      const entry = this.entries.get(slot)!;
      return entry.reason !== undefined ? entry : { ...entry, crc: crc32(this.pictureAt(pixels, slot)) };
    });
    // What this run had no use for stays, as long as its file does.
    const listed = new Set(current.map(({ file }) => file));
    const others = this.old.filter(({ file, stamp }) => !listed.has(file) && stampOf(file)?.stamp === stamp);
    const pictures = [...current, ...others.map(({ place: _, ...entry }) => entry)];
    const index: Index = { version, source, size: this.size, isWhole: isWhole || this.wasWhole, pictures };
    if (pictures.length * this.size > mostBytes) return;
    const temporary = `${this.file}.${randomUUID()}.part`;
    try {
      await mkdir(folder, { recursive: true });
      await this.write(
        temporary,
        index,
        slots.filter((_, i) => current[i]!.crc !== undefined),
        pixels,
        others,
      );
      await rename(temporary, this.file);
      await makeRoom(folder, this.file);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      const reason = error instanceof Error ? error.message : String(error);
      this.notices.push(`The decoded pictures cannot be kept for the next start (${reason}).`);
    }
  }

  private async write(
    temporary: string,
    index: Index,
    slots: readonly number[],
    pixels: Uint8Array,
    others: readonly Placed[],
  ): Promise<void> {
    const text = Buffer.from(JSON.stringify(index));
    const head = Buffer.alloc(headBytes);
    head.write(magic, 'latin1');
    head.writeUInt32LE(text.length, magic.length);
    head.writeUInt32LE(crc32(text), magic.length + 4);
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(head);
      await handle.writeFile(text);
      for (let i = 0; i < slots.length;) {
        let run = 1;
        while (run * this.size < pieceBytes && slots[i + run] === slots[i]! + run) run++;
        await handle.writeFile(pixels.subarray(slots[i]! * this.size, (slots[i]! + run) * this.size));
        i += run;
      }
      const kept = others.filter(({ crc }) => crc !== undefined);
      if (kept.length > 0) {
        const earlier = await open(this.file, 'r');
        try {
          for (const { place } of kept) {
            const picture = Buffer.alloc(this.size);
            await earlier.read(picture, 0, this.size, place);
            await handle.writeFile(picture);
          }
        } finally {
          await earlier.close();
        }
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** Removes caches that were not used for longest until all fit. @param spared is not removed */
async function makeRoom(folder: string, spared: string): Promise<void> {
  const kept = await keptPictures(folder);
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { file, bytes } of kept.toReversed()) {
    if (total <= mostBytes) return;
    if (file === spared) continue;
    await rm(file, { force: true });
    total -= bytes;
  }
}
