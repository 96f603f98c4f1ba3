/**
 * Decoded and fitted pictures, kept from start to start: one file for those of one source in one fitting. A picture is taken from it
 * while its file has the same size and times, or, where these differ, the same content; so a file that was renamed is not decoded
 * again, and one that was edited is.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Fitting, ImageShape } from '../dataSet';
import { contentHash } from './contentHash';
import {
  type KeptHeader,
  type KeptPicture,
  PictureFile,
  PictureFileWriter,
  PixelFile,
  type PlacedPicture,
  type Stamp,
} from './pictureFile';

const extension = '.pictures';
/** What is being written, or was when its program ended. */
const unfinished = '.part';
/** Milliseconds after which an unfinished file is taken for left behind. */
const leftBehind = 24 * 60 * 60 * 1000;
/** Bytes of all caches together; those that were not used for longest make room. */
export const mostKept = 10e9;

/** Where a picture comes from. */
export interface PictureOrigin {
  readonly file: string;
  /** Which of its pictures, where the file holds many. */
  readonly part?: string;
}

/** Where decoded pictures are, in the folder of all data. */
export function pictureCacheFolder(dataFolder: string): string {
  return path.join(dataFolder, 'pictures');
}

/** A cache in the list of all. */
export interface KeptSet {
  readonly file: string;
  readonly source: string;
  readonly pictures: number;
  readonly bytes: number;
  readonly used: Date;
}

/** All caches, those used last first. @param folder of `pictureCacheFolder` */
export async function keptSets(folder: string): Promise<KeptSet[]> {
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => name.endsWith(extension)).map((name) => path.join(folder, name));
  const all = await Promise.all(
    found.map(async (file) => {
      const opened = PictureFile.open(file);
      opened?.pixels.close();
      const { size, mtime } = await stat(file);
      const [source, pictures] = [opened?.kept.source ?? 'damaged', opened?.pictures.length ?? 0];
      return { file, source, pictures, bytes: size, used: mtime };
    }),
  );
  return all.sort((a, b) => b.used.getTime() - a.used.getTime());
}

function isSame(a: Stamp, b: Stamp | undefined): boolean {
  return a.bytes === b?.bytes && a.modified === b.modified && a.changed === b.changed;
}

function keyOf({ file, part }: PictureOrigin): string {
  return part === undefined ? file : `${file}\0${part}`;
}

export interface CacheOptions {
  /** Of `pictureCacheFolder`. */
  readonly folder: string;
  /** What the pictures belong to. */
  readonly source: string;
  /** As the config says it. */
  readonly fitting: Fitting;
  /** Whether the pictures are all of the source. */
  readonly isWhole: boolean;
}

/** The kept pictures of one source in one fitting. */
export class PictureCache {
  /** What the person should know. */
  readonly notices: string[] = [];
  /** Whether what is kept is no longer what should be, though all pictures be known. */
  isChanged = false;
  private readonly path: string;
  private file: PictureFile | undefined;
  private readonly known = new Map<string, PlacedPicture>();
  /** Of files that were looked at: each is looked at once. */
  private readonly stamps = new Map<string, Stamp | undefined>();

  constructor(private readonly options: CacheOptions) {
    const { folder, source, fitting } = options;
    const { imageSize: size, fit, enlarge, colour } = fitting;
    const key = createHash('sha256').update(JSON.stringify([source, size, fit, enlarge, colour]));
    this.path = path.join(folder, `${key.digest('hex').slice(0, 32)}${extension}`);
    if (!existsSync(this.path)) return;
    this.file = PictureFile.open(this.path);
    if (!this.file) this.notices.push('The kept pictures were damaged, so that all are decoded anew.');
    for (const picture of this.file?.pictures ?? []) this.known.set(keyOf(picture), picture);
  }

  /** Whether nothing is known of any picture. */
  get isEmpty(): boolean {
    return this.known.size === 0;
  }

  get folder(): string {
    return this.options.folder;
  }

  /** The pixels of pictures that were found. */
  get pixels(): PixelFile {
    return this.file!.pixels;
  }

  /** Closes the file, once nothing more is read from it. */
  close(): void {
    this.file?.pixels.close();
    this.file = undefined;
  }

  /** What the header of a file said, as long as the file is the same: `{}` where it cannot be read. Undefined where that is not known. */
  headerOf(file: string): { readonly header?: KeptHeader } | undefined {
    const picture = this.known.get(file);
    return picture && isSame(picture, this.stampOf(file)) ? picture : undefined;
  }

  /**
   * Looks up pictures.
   * @param shape of all once they are fitted; others are of no use
   * @param origins undefined for a picture that comes from nowhere
   * @returns of each picture what is known
   */
  find(shape: ImageShape, origins: readonly (PictureOrigin | undefined)[]): (PlacedPicture | undefined)[] {
    const isFitting = (['height', 'width', 'channels'] as const).every(
      (side) => shape[side] === this.file?.kept.shape[side],
    );
    if (!isFitting) this.forget();
    const found = new Array<PlacedPicture | undefined>(origins.length).fill(undefined);
    const doubted: { slot: number; origin: PictureOrigin; stamp: Stamp }[] = [];
    let same = 0;
    origins.forEach((origin, slot) => {
      const stamp = origin && this.stampOf(origin.file);
      if (!origin || !stamp) return;
      const picture = this.known.get(keyOf(origin));
      if (picture && isSame(picture, stamp)) {
        found[slot] = picture;
        same++;
      } else doubted.push({ slot, origin, stamp });
    });
    // Most starts find every picture as it was.
    if (same < this.known.size || doubted.length > 0) this.search(origins, found, doubted);
    if (this.file) utimesSync(this.path, new Date(), new Date());
    return found;
  }

  /** Looks for those among doubted pictures whose files were renamed or copied; the rest have changed or are new. */
  private search(
    origins: readonly (PictureOrigin | undefined)[],
    found: (PlacedPicture | undefined)[],
    doubted: readonly { readonly slot: number; readonly origin: PictureOrigin; readonly stamp: Stamp }[],
  ): void {
    const listed = new Set(
      origins.flatMap((origin) => (origin && this.stampOf(origin.file) ? [keyOf(origin)] : [])),
    );
    const used = new Set(found.flatMap((picture) => (picture ? [keyOf(picture)] : [])));
    // Kept pictures whose files are others now, or gone.
    const loose = [...this.known].filter(
      ([key, { file }]) => !used.has(key) && (listed.has(key) || !existsSync(file)),
    );
    const single = loose.filter(([, { part }]) => part === undefined);
    const sizes = new Set(single.map(([, { bytes }]) => bytes));
    const byHash = new Map(single.map((each) => [each[1].hash, each]));
    let [changed, added] = [0, 0];
    for (const { slot, origin, stamp } of doubted) {
      const isMaybe = origin.part === undefined && sizes.has(stamp.bytes);
      const same = isMaybe ? byHash.get(contentHash(readFileSync(origin.file))) : undefined;
      if (same) {
        found[slot] = { ...same[1], ...stamp, ...origin };
        used.add(same[0]);
        this.isChanged = true;
      } else if (this.known.has(keyOf(origin))) changed++;
      else if (origin.part === undefined) added++;
    }
    const gone = loose.filter(([key]) => !used.has(key) && !listed.has(key)).length;
    if (changed + gone > 0) this.isChanged = true;
    const { isWhole } = this.options;
    this.tell(this.file?.kept.isWhole && isWhole ? added : 0, changed, gone);
  }

  /** What has to be known of a picture that was decoded; undefined where its file is gone. @param hash of its file, if any */
  describe(
    origin: PictureOrigin,
    hash: string,
    header: KeptHeader | undefined,
    reason: string | undefined,
  ): KeptPicture | undefined {
    const stamp = this.stampOf(origin.file);
    return (
      stamp && {
        ...origin,
        ...stamp,
        hash,
        ...(header && { header }),
        ...(reason !== undefined && { reason }),
      }
    );
  }

  /** Kept pictures that a run had no use for, as long as their files are the same. @param used by the run */
  others(used: readonly PictureOrigin[]): PlacedPicture[] {
    const listed = new Set(used.map(keyOf));
    return [...this.known.values()].filter(
      (picture) => !listed.has(keyOf(picture)) && isSame(picture, this.stampOf(picture.file)),
    );
  }

  /** A file to write the pictures of the next start into. @throws Error where that cannot be done */
  writer(shape: ImageShape): PictureFileWriter {
    const { folder, source } = this.options;
    mkdirSync(folder, { recursive: true });
    return new PictureFileWriter(`${this.path}.${randomUUID()}${unfinished}`, { source, shape });
  }

  /**
   * Puts what was written in the place of the file before.
   * @param isComplete whether it has all that it should
   * @throws Error where that cannot be done
   */
  async finish(writer: PictureFileWriter, isComplete: boolean): Promise<PixelFile> {
    const isWhole = (this.options.isWhole && isComplete) || (this.file?.kept.isWhole ?? false);
    const finished = writer.finish(isWhole);
    this.close();
    renameSync(writer.path, this.path);
    await makeRoom(this.options.folder, this.path);
    return new PixelFile(this.path, finished.handle);
  }

  /** Removes what was not finished. */
  discard(writer: PictureFileWriter): void {
    try {
      writer.abandon();
      rmSync(writer.path, { force: true });
    } catch {
      // What is left behind is removed another day.
    }
  }

  private forget(): void {
    this.close();
    this.known.clear();
  }

  private stampOf(file: string): Stamp | undefined {
    if (this.stamps.has(file)) return this.stamps.get(file);
    const found = statSync(file, { throwIfNoEntry: false });
    const stamp = found && { bytes: found.size, modified: found.mtimeMs, changed: found.ctimeMs };
    this.stamps.set(file, stamp);
    return stamp;
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
}

/** Removes what was left behind, and caches that were not used for longest until all fit. @param spared is not removed */
async function makeRoom(folder: string, spared: string): Promise<void> {
  const files = (await readdir(folder)).map((name) => path.join(folder, name));
  const all = await Promise.all(
    files.map(async (file) => {
      // Another run may have removed it meanwhile.
      const found = await stat(file).catch(() => undefined);
      return found ? [{ file, used: found.mtimeMs, bytes: found.size }] : [];
    }),
  );
  const oldestFirst = all.flat().sort((a, b) => a.used - b.used);
  for (const { file, used } of oldestFirst)
    if (file.endsWith(unfinished) && Date.now() - used > leftBehind) await rm(file, { force: true });
  const kept = oldestFirst.filter(({ file }) => file.endsWith(extension));
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { file, bytes } of kept) {
    if (total <= mostKept) return;
    if (file === spared) continue;
    await rm(file, { force: true });
    total -= bytes;
  }
}
