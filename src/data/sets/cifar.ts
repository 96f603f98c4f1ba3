/**
 * CIFAR-10 and CIFAR-100 (Krizhevsky, 2009) in their binary version, or a person's own images in that form: records of a label –
 * two for CIFAR-100, coarse and fine – and 32 × 32 pixels, all red ones, then green, then blue.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { described, namedPath } from '../../describe';
import { UserError } from '../../errors';
import { broken, unreadable } from '../broken';
import {
  type DataFacts,
  type DataSetEntry,
  type ImageSet,
  type LoadContext,
  type LoadedData,
  promised,
  stopIfCancelled,
} from '../dataSet';
import { HeldImages } from '../images';

const description =
  'CIFAR-10 or CIFAR-100 in the binary version, from a folder of yours: 32 × 32 pixels in colour, 10, 100 or 20 classes.';

const options = z.strictObject({
  set: described(z.literal('cifar'), description),
  folder: described(
    namedPath('reads'),
    'Folder of the binary version, relative to this config file: data_batch_1.bin … data_batch_5.bin and test_batch.bin, or train.bin and test.bin; or the folder that these were unpacked in.',
  ),
  labels: described(
    z.enum(['fine', 'coarse']).default('fine'),
    'Which labels of CIFAR-100: its 100 classes or their 20 groups. CIFAR-10 has fine ones alone.',
  ),
});
type Options = z.output<typeof options>;

const [side, channels] = [32, 3];
const plane = side * side;
const pixels = plane * channels;

/** One of the two sets. */
interface Version {
  readonly name: string;
  /** What its archive unpacks to. */
  readonly folder: string;
  readonly train: readonly string[];
  readonly test: string;
  /** Labels before the pixels of a record, the coarse one first. */
  readonly labels: 1 | 2;
  readonly names: { readonly fine: string; readonly coarse?: string };
  readonly classes: { readonly fine: number; readonly coarse?: number };
}

const versions: readonly Version[] = [
  {
    name: 'CIFAR-10',
    folder: 'cifar-10-batches-bin',
    train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
    test: 'test_batch.bin',
    labels: 1,
    names: { fine: 'batches.meta.txt' },
    classes: { fine: 10 },
  },
  {
    name: 'CIFAR-100',
    folder: 'cifar-100-binary',
    train: ['train.bin'],
    test: 'test.bin',
    labels: 2,
    names: { fine: 'fine_label_names.txt', coarse: 'coarse_label_names.txt' },
    classes: { fine: 100, coarse: 20 },
  },
];

/** A set in a folder, of which the sizes of the files and the names of the classes are known. */
interface Found {
  readonly version: Version;
  /** Absolute paths. */
  readonly train: readonly string[];
  readonly test: string;
  readonly classNames: readonly string[];
  readonly trainCount: number;
  readonly testCount: number;
}

function find({ folder, labels }: Options, configFolder: string): Found {
  const given = path.resolve(configFolder, folder);
  try {
    if (!statSync(given).isDirectory()) throw broken(given, 'is no folder.', 'Name the folder of the files.');
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(given, error, 'folder');
  }
  const there = versions.flatMap((version) =>
    [given, path.join(given, version.folder)]
      .filter((place) => [...version.train, version.test].some((name) => existsSync(path.join(place, name))))
      .map((place) => ({ version, place })),
  );
  const [first, second] = there;
  if (!first) {
    const wanted = versions.map(({ train, test }) => `${train[0]} … ${test}`).join(' or ');
    throw broken(
      given,
      'holds no binary files of CIFAR.',
      `It must have ${wanted}; other versions are not read.`,
    );
  }
  if (second) {
    const names = there.map(({ place, version }) => `${version.name} in ${place}`).join(' and ');
    throw broken(given, `holds more than one set: ${names}.`, 'Name the folder of one of them.');
  }
  const { version, place } = first;
  const [train, test] = [version.train.map((name) => path.join(place, name)), path.join(place, version.test)];
  const trainCount = train.reduce((sum, file) => sum + countRecords(file, version), 0);
  const classNames = namesOf(version, place, labels, given);
  return { version, train, test, classNames, trainCount, testCount: countRecords(test, version) };
}

/** @throws UserError for a file that is not there, or no whole number of records */
function countRecords(file: string, { labels, name }: Version): number {
  const record = labels + pixels;
  let bytes: number;
  try {
    bytes = statSync(file).size;
  } catch (error) {
    throw unreadable(file, error);
  }
  if (bytes === 0) throw broken(file, 'is empty.');
  if (bytes % record === 0) return bytes / record;
  throw broken(
    file,
    `has ${bytes} bytes, which are no whole number of ${name}'s records of ${record}: it is cut short.`,
  );
}

/** The lines of the file of names, without which classes are called by their numbers. */
function namesOf(version: Version, place: string, labels: Options['labels'], given: string): string[] {
  const [file, classes] = [version.names[labels], version.classes[labels]];
  if (file === undefined || classes === undefined) {
    throw broken(given, `${version.name} has no ${labels} labels.`, 'Leave data.labels out.');
  }
  const full = path.join(place, file);
  if (!existsSync(full)) return Array.from({ length: classes }, (_, label) => `${label}`);
  let text: string;
  try {
    text = readFileSync(full, 'utf8');
  } catch (error) {
    throw unreadable(full, error);
  }
  const names = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  const hint =
    'It has the name of a class in every line; without the file, classes are called by their numbers.';
  if (repeated !== undefined) throw broken(full, `names two classes "${repeated}".`, hint);
  if (names.length === classes) return names;
  throw broken(full, `names ${names.length} classes where ${version.name} has ${classes}.`, hint);
}

/** Reads the records of some files, one after the other. */
async function readRecords(
  files: readonly string[],
  count: number,
  { version, classNames }: Found,
  labels: Options['labels'],
  signal?: AbortSignal,
): Promise<ImageSet> {
  const record = version.labels + pixels;
  const images = new Uint8Array(count * pixels);
  const classes = new Uint16Array(count);
  let at = 0;
  for (const file of files) {
    stopIfCancelled(signal);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (error) {
      throw unreadable(file, error);
    }
    if (bytes.length % record !== 0 || at + bytes.length / record > count) {
      throw broken(file, 'has changed while it was read.', 'Start again once nothing writes it.');
    }
    for (let start = 0; start < bytes.length; start += record, at++) {
      // The fine label is the last before the pixels.
      const label = bytes[labels === 'coarse' ? start : start + version.labels - 1]!;
      if (label >= classNames.length) {
        const problem = `label ${label} of image ${start / record} is not among the ${classNames.length} classes.`;
        throw broken(file, problem);
      }
      classes[at] = label;
      for (let i = 0; i < plane; i++) {
        const target = at * pixels + i * channels;
        for (let c = 0; c < channels; c++) {
          images[target + c] = bytes[start + version.labels + c * plane + i]!;
        }
      }
    }
  }
  return {
    ...{
      images: new HeldImages(images, pixels),
      labels: classes,
      count,
      height: side,
      width: side,
      channels,
    },
    ...{ classes: classNames.length, classNames },
  };
}

async function load(chosen: Options, { configFolder, signal, onProgress }: LoadContext): Promise<LoadedData> {
  stopIfCancelled(signal);
  const found = find(chosen, configFolder);
  onProgress?.({ step: `Reading ${found.version.name}` });
  const read = (files: readonly string[], count: number) =>
    readRecords(files, count, found, chosen.labels, signal);
  return {
    name: 'cifar',
    train: await read(found.train, found.trainCount),
    test: await read([found.test], found.testCount),
  };
}

function facts({ classNames, trainCount, testCount }: Found): DataFacts {
  return {
    ...{ height: side, width: side, channels, classes: classNames.length },
    ...{ trainCount, testCount },
  };
}

export const cifar = {
  name: 'cifar',
  description,
  options,
  readFacts: (chosen, folder) => promised(() => facts(find(chosen, folder))),
  load,
} satisfies DataSetEntry<typeof options>;
