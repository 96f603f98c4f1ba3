/**
 * Which images of a set are copies of each other, kept from start to start: looking for them takes longer than reading what is kept of
 * the images. A file is known by the checksums of all images, so that it is of no use once one of them is another.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { DuplicateGroups, LoadContext, LoadedData } from '../dataSet';
import { findDuplicates } from './findDuplicates';

/** Of what `findDuplicates` calls a copy: with another one, all are looked for anew. */
const version = 1;
const extension = '.json';
/** Files that are kept; those that were not used for longest go first. */
export const mostKept = 200;

/** The groups by the positions of their images: those of the training set, and after them those of the test set. */
const keptGroups = z.array(z.array(z.int().nonnegative()).min(2));

type Sets = Pick<LoadedData, 'train' | 'test'>;

/** Where it is kept which images are copies, in the folder of all data. */
export function knownDuplicatesFolder(dataFolder: string): string {
  return path.join(dataFolder, 'duplicates');
}

/**
 * What `findDuplicates` finds, from the last time that it was asked for these images where that is kept.
 * @param folder of `knownDuplicatesFolder`
 * @throws UserError with code `cancelled` when the signal was raised
 */
export async function knownDuplicates(
  data: Sets,
  folder: string,
  context: Pick<LoadContext, 'signal' | 'onProgress'> = {},
): Promise<DuplicateGroups | undefined> {
  const file = path.join(folder, `${keyOf(data)}${extension}`);
  const known = read(file, data.train.count + data.test.count);
  if (known) return placed(known, data);
  const found = await findDuplicates(data, context);
  try {
    write(file, positionsOf(found, data));
    await makeRoom(folder);
  } catch {
    // Where nothing can be written, the next start looks again.
  }
  return found;
}

/** Two sets of which all pixels are the same have the same key. */
function keyOf({ train, test }: Sets): string {
  const { height, width, channels } = train;
  const key = createHash('sha256').update(
    JSON.stringify([version, height, width, channels, train.count, test.count]),
  );
  for (const { images, count } of [train, test])
    key.update(Uint32Array.from({ length: count }, (_, image) => images.checksum(image)));
  return key.digest('hex').slice(0, 32);
}

/** @returns undefined where there is no such file, or a damaged one */
function read(file: string, images: number): number[][] | undefined {
  try {
    const groups = keptGroups.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (groups.some((group) => group.some((image) => image >= images))) return undefined;
    utimesSync(file, new Date(), new Date());
    return groups;
  } catch {
    return undefined;
  }
}

function write(file: string, groups: readonly number[][]): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${randomUUID()}.part`;
  try {
    writeFileSync(part, JSON.stringify(groups));
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
}

function positionsOf(groups: DuplicateGroups | undefined, { train }: Sets): number[][] {
  const positions = Array.from({ length: groups?.count ?? 0 }, (): number[] => []);
  groups?.train.forEach((group, image) => positions[group]?.push(image));
  groups?.test.forEach((group, image) => positions[group]?.push(train.count + image));
  return positions;
}

function placed(positions: readonly number[][], { train, test }: Sets): DuplicateGroups | undefined {
  if (positions.length === 0) return undefined;
  const all = new Int32Array(train.count + test.count).fill(-1);
  positions.forEach((images, group) => images.forEach((image) => (all[image] = group)));
  return { train: all.slice(0, train.count), test: all.slice(train.count), count: positions.length };
}

async function makeRoom(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= mostKept) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      // Another run may have removed it meanwhile.
      return { file, used: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 };
    }),
  );
  const newestFirst = files.sort((a, b) => b.used - a.used);
  await Promise.all(newestFirst.slice(mostKept).map(({ file }) => rm(file, { force: true })));
}
