/** Whole data sets as four gzipped IDX files in one folder: how fetched sets are cached and the subset ships. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { UserError } from '../errors';
import { type DataFiles, imageBytes, type ImageSet, type LoadedData } from './dataSet';
import { encodeIdx, readIdx, readIdxIntegers, toImageSets } from './idx';

/** The files of a set that is kept as `NAME-train.idx3.gz` and so on. */
export function storedFiles(folder: string, name: string): DataFiles {
  const file = (part: string) => path.join(folder, `${name}-${part}.gz`);
  return {
    trainImages: file('train.idx3'),
    trainLabels: file('train.idx1'),
    testImages: file('test.idx3'),
    testLabels: file('test.idx1'),
  };
}

export function isStored(files: DataFiles): boolean {
  return Object.values(files).every((file: string) => existsSync(file));
}

/**
 * @param classNames where they are known, see `classesOf`
 * @throws UserError when a file is missing or broken, or when they do not fit together
 */
export async function readFiles(
  name: string,
  files: DataFiles,
  classNames?: readonly string[],
): Promise<LoadedData> {
  const [trainImages, testImages] = await Promise.all([
    readIdx(files.trainImages),
    readIdx(files.testImages),
  ]);
  const [train, test] = toImageSets(
    [
      { images: trainImages, labels: readIdxIntegers(files.trainLabels) },
      { images: testImages, labels: readIdxIntegers(files.testLabels) },
    ],
    classNames,
  );
  return { name, train: train!, test: test! };
}

/**
 * Reads a set that was stored.
 * @throws UserError that says how to get it anew when a file is broken
 */
export async function readStored(
  folder: string,
  name: string,
  classNames: readonly string[],
): Promise<LoadedData> {
  try {
    return await readFiles(name, storedFiles(folder, name), classNames);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      error.message,
      `Delete the folder ${folder}; the data is then fetched again.`,
      error.code,
    );
  }
}

/** Writes a set so that it is there either completely or not at all, whoever else is writing it. */
export async function store(folder: string, { name, train, test }: LoadedData): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  try {
    const files = storedFiles(work, name);
    const pack = async (file: string, dimensions: number[], values: Uint8Array | Uint16Array) =>
      writeFile(file, await promisify(gzip)(encodeIdx({ dimensions, values })));
    const shape = ({ count, height, width, channels }: ImageSet) =>
      channels === 1 ? [count, height, width] : [count, height, width, channels];
    await pack(files.trainImages, shape(train), imageBytes(train));
    await pack(files.trainLabels, [train.count], train.labels);
    await pack(files.testImages, shape(test), imageBytes(test));
    await pack(files.testLabels, [test.count], test.labels);
    await rename(work, folder).catch((error: unknown) => {
      if (!isStored(storedFiles(folder, name))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
