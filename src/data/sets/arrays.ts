/** The user's own images in arrays of NumPy or safetensors. */
import path from 'node:path';
import * as z from 'zod';
import { described, namedPath } from '../../describe';
import { UserError } from '../../errors';
import { brightnessNotice, findBrightness } from '../arrays/brightness';
import { readLabels } from '../arrays/labels';
import { type PartNames, type Parts, partsInFile, partsInFiles } from '../arrays/parts';
import { layouts, type PictureArray, pictureArray, pixelMemory, readPictures } from '../arrays/pictures';
import type { StoredArray } from '../arrays/storedArray';
import { broken, requireSameShape } from '../broken';
import { classesOf, classNameFindings, classNamesKey, type Classes } from '../labels';
import {
  type DataFacts,
  type DataSetEntry,
  imageSize,
  type ImageSet,
  type LoadContext,
  type LoadedData,
  promised,
  stopIfCancelled,
} from '../dataSet';
import { HeldImages } from '../images';
import { keepForTest, testShareKey } from '../splits';

const description =
  'Your own images in arrays of NumPy (.npz, .npy) or safetensors; name one file as `file`, or one a part under `files`.';

const arrayPath = namedPath('reads');
const arrayName = z.string().min(1);

/** The six parts, each with its sentence. */
function partsOf<T extends z.ZodString>(value: T, sentence: (part: string) => string) {
  return z.strictObject({
    trainImages: described(value, sentence('training images')),
    trainLabels: described(value, sentence('training labels')),
    validationImages: described(value.optional(), sentence('validation images')),
    validationLabels: described(value.optional(), sentence('validation labels')),
    testImages: described(value.optional(), sentence('test images')),
    testLabels: described(value.optional(), sentence('test labels')),
  });
}

const options = z.strictObject({
  set: described(z.literal('arrays'), description),
  file: described(
    namedPath('reads').optional(),
    'File of all arrays, .npz or .safetensors, relative to this config file. Names as Keras (x_train, y_train, x_test, y_test) and MedMNIST (train_images, train_labels, val_…, test_…) have them are found; others are said under `keys`.',
  ),
  keys: described(
    partsOf(arrayName, (part) => `Name of the array of ${part} in the file.`).optional(),
    'What the arrays in `file` are called, where their names are not found.',
  ),
  files: described(
    partsOf(arrayPath, (part) => `NumPy file of ${part}.`).optional(),
    'Instead of `file`: files of one array each (.npy), relative to this config file. Without test images a share of the training images is kept for the test.',
  ),
  classNames: classNamesKey,
  layout: described(
    z.enum(layouts).optional(),
    'Order of dimensions of [n, …, …, …] arrays. Left out, the last one is channels where it is at most 4, else the second where that is.',
  ),
  white: described(
    z.number().positive().optional(),
    'Value of full brightness, which becomes 255. Left out: 1 for floats up to 1; else the largest number of as many bits as the largest value takes, at least eight (255, 1023, 4095, …, 65535).',
  ),
  testShare: testShareKey(
    'Where there are no test images: share of the images that is kept for the test (stratified, seeded).',
  ),
});
type Options = z.output<typeof options>;

function resolved(files: PartNames, folder: string): PartNames {
  const entries = Object.entries(files).filter(([, file]) => file !== undefined);
  return Object.fromEntries(
    entries.map(([part, file]) => [part, path.resolve(folder, file as string)]),
  ) as unknown as PartNames;
}

function partsNamed({ file, files, keys }: Options, folder: string): Parts {
  const wanted =
    'Write "file" for one .npz or .safetensors with all arrays, or "files" with a .npy a part, and "keys" only beside "file".';
  if ((file === undefined) === (files === undefined)) {
    const problem = file === undefined ? 'No arrays are named.' : 'Both data.file and data.files are named.';
    throw new UserError(problem, wanted, 'config');
  }
  if (file !== undefined) return partsInFile(path.resolve(folder, file), keys);
  if (keys)
    throw new UserError('data.keys names arrays of one file, but there are data.files.', wanted, 'config');
  return partsInFiles(resolved(files!, folder));
}

/** Arrays of a set, their shapes and labels known and their pixels unread. */
interface Opened {
  /** Images that train, of one array or, with validation images, of two. */
  readonly train: readonly PictureArray[];
  /** Test images; without them `split` says which training images test. */
  readonly test?: PictureArray;
  readonly split?: { readonly train: Int32Array; readonly test: Int32Array };
  /** Labels of both, after the split. */
  readonly classes: Classes;
}

function called({ file, called: name }: StoredArray): string {
  return `${file}: ${name}`;
}

/** Arrays of one type of pixel and one shape. */
function requireAlike(first: PictureArray, other: PictureArray): void {
  requireSameShape(first, other, other.array.file);
  const [{ type }, { type: otherType, file, called: name }] = [first.array, other.array];
  if (type.name === otherType.name) return;
  throw broken(
    file,
    `${name} is of ${otherType.name}, ${first.array.called} of ${type.name}.`,
    'Save all pictures as one type, so that they have one brightness.',
  );
}

function openSet(chosen: Options, folder: string, seed: number): Opened {
  const parts = partsNamed(chosen, folder);
  const training = [parts.train, ...(parts.validation ? [parts.validation] : [])];
  const pictures = ({ images }: Parts['train']) => pictureArray(images, chosen.layout);
  const train = training.map(pictures);
  const test = parts.test && pictures(parts.test);
  for (const other of [...train.slice(1), ...(test ? [test] : [])]) requireAlike(train[0]!, other);
  const rawLabels = training.flatMap(({ images, labels }) => [...readLabels(labels, images)]);
  const source = called(parts.train.labels);
  if (parts.test) {
    const testLabels = readLabels(parts.test.labels, parts.test.images);
    const labelled = [
      { labels: rawLabels, source },
      { labels: testLabels, source: called(parts.test.labels) },
    ];
    return { train, test, classes: classesOf(labelled, chosen.classNames) };
  }
  const whole = classesOf([{ labels: rawLabels, source }], chosen.classNames);
  const split = keepForTest({ labels: whole.labels[0]! }, chosen.testShare, seed, source);
  const labelled = [split.train, split.test].map((positions, i) => ({
    labels: Array.from(positions, (at) => rawLabels[at]!),
    source: i === 0 ? source : `${source}, of which a share of ${chosen.testShare} is kept for the test`,
  }));
  return { train, split, classes: classesOf(labelled, chosen.classNames) };
}

function facts({ train, classes }: Opened): DataFacts {
  const { height, width, channels } = train[0]!;
  const [trainLabels, testLabels] = classes.labels;
  const counts = { trainCount: trainLabels!.length, testCount: testLabels!.length };
  return { height, width, channels, classes: classes.classNames.length, ...counts };
}

async function readAll(pictures: readonly PictureArray[], white: number, signal?: AbortSignal) {
  const size = imageSize(pictures[0]!);
  const count = pictures.reduce((sum, part) => sum + part.count, 0);
  const images = pixelMemory(pictures[0]!, count, size);
  let at = 0;
  for (const part of pictures) {
    const end = at + part.count * size;
    await readPictures(part, white, images.subarray(at, end), signal);
    at = end;
  }
  return images;
}

/** Takes the images that test out of all of them. The others move together, so that they need no second memory. */
function separate(images: Uint8Array, size: number, { train, test }: NonNullable<Opened['split']>) {
  const testImages = new Uint8Array(test.length * size);
  test.forEach((from, to) => testImages.set(images.subarray(from * size, (from + 1) * size), to * size));
  train.forEach((from, to) => images.copyWithin(to * size, from * size, (from + 1) * size));
  return { train: images.subarray(0, train.length * size), test: testImages };
}

async function load(
  chosen: Options,
  { configFolder, seed, signal, onProgress }: LoadContext,
): Promise<LoadedData> {
  stopIfCancelled(signal);
  onProgress?.({ step: 'Reading arrays' });
  const opened = openSet(chosen, configFolder, seed);
  const { train, test, split, classes } = opened;
  const arrays = [...train, ...(test ? [test] : [])];
  const white = await findBrightness(
    arrays.map(({ array }) => array),
    chosen.white,
    signal,
  );
  const all = await readAll(train, white, signal);
  const size = imageSize(train[0]!);
  const pixels = split
    ? separate(all, size, split)
    : { train: all, test: await readAll([test!], white, signal) };
  const { height, width, channels } = train[0]!;
  const [trainLabels, testLabels] = classes.labels;
  const setOf = (bytes: Uint8Array, labels: Uint16Array): ImageSet => ({
    ...{ images: new HeldImages(bytes, size), labels, count: labels.length, height, width, channels },
    ...{ classes: classes.classNames.length, classNames: classes.classNames },
  });
  const notice = noticesOf(opened, white).join(' ');
  return {
    name: 'arrays',
    train: setOf(pixels.train, trainLabels!),
    test: setOf(pixels.test, testLabels!),
    ...(notice && { notice }),
    ...(split && { testShare: chosen.testShare }),
  };
}

/** What was decided for the person. */
function noticesOf({ train, split }: Opened, white: number): string[] {
  const [first, second] = train;
  const brightness = brightnessNotice(first!.array, white);
  return [
    ...(brightness ? [brightness] : []),
    ...(second ? [`The ${second.count} validation images are among the training images.`] : []),
    ...(split
      ? [
          `There are no test images: ${split.test.length} of ${split.test.length + split.train.length} images are kept for the test.`,
        ]
      : []),
  ];
}

export const arrays = {
  name: 'arrays',
  description,
  options,
  checks: ({ classNames }) => classNameFindings(classNames),
  // How many images test does not depend on the seed, which is not known here.
  readFacts: (chosen, folder) => promised(() => facts(openSet(chosen, folder, 0))),
  load,
} satisfies DataSetEntry<typeof options>;
