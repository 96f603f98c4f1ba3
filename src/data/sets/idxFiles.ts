/** The user's own images in IDX files. */
import path from 'node:path';
import * as z from 'zod';
import { described, namedPath } from '../../describe';
import { UserError } from '../../errors';
import type { DataFacts, DataFiles, DataSetEntry, LoadContext, LoadedData } from '../dataSet';
import { stopIfCancelled } from '../dataSet';
import { type IdxIntegers, countOf, imageShape, readIdxHeader, readIdxIntegers } from '../idx';
import { readFiles } from '../store';

const description =
  'Your own images in IDX files, the format of MNIST, gzipped or not; name them under `files`.';

const options = z.strictObject({
  set: described(z.literal('idx'), description),
  files: described(
    z.strictObject({
      trainImages: described(namedPath('reads'), 'IDX file of training images, gzipped or not.'),
      trainLabels: described(namedPath('reads'), 'IDX file of training labels.'),
      testImages: described(namedPath('reads'), 'IDX file of test images.'),
      testLabels: described(namedPath('reads'), 'IDX file of test labels.'),
    }),
    'Files of the images and labels (trainImages, trainLabels, testImages, testLabels), relative to this config file.',
  ),
});

function placesOf(
  { trainImages, trainLabels, testImages, testLabels }: DataFiles,
  folder: string,
): DataFiles {
  return {
    trainImages: path.resolve(folder, trainImages),
    trainLabels: path.resolve(folder, trainLabels),
    testImages: path.resolve(folder, testImages),
    testLabels: path.resolve(folder, testLabels),
  };
}

/** How many classes there are is for the training labels to say. */
function countClasses({ values, file }: IdxIntegers): number {
  let classes = 0;
  for (const label of values) classes = Math.max(classes, label + 1);
  if (classes >= 2) return classes;
  const hint = 'Labels count from 0 to the number of classes minus one.';
  throw new UserError(`${file}: all labels are the same.`, hint, 'broken-data');
}

type Shape = Pick<DataFacts, 'height' | 'width' | 'channels'>;

function requireSameShape(train: Shape, test: Shape, file: string): void {
  const words = ({ height, width, channels }: Shape) => `${height} × ${width} × ${channels}`;
  if (words(train) === words(test)) return;
  throw new UserError(
    `${file}: test images are ${words(test)}, training images ${words(train)}.`,
    'Both must have the same height, width and channels.',
    'broken-data',
  );
}

/** From the headers, and the training labels, of which there is a byte an image. */
function facts(files: DataFiles): DataFacts {
  const [trainImages, testImages] = [readIdxHeader(files.trainImages), readIdxHeader(files.testImages)];
  const [train, test] = [imageShape(trainImages), imageShape(testImages)];
  requireSameShape(train, test, files.testImages);
  const labels = readIdxIntegers(files.trainLabels);
  const classes = countClasses(labels);
  const trainCount = countOf(trainImages, labels);
  const testCount = countOf(testImages, readIdxIntegers(files.testLabels));
  return { ...train, classes, trainCount, testCount };
}

async function load(files: DataFiles, { signal, onProgress }: LoadContext): Promise<LoadedData> {
  stopIfCancelled(signal);
  onProgress?.({ step: 'Reading IDX files' });
  const classes = countClasses(readIdxIntegers(files.trainLabels));
  const classNames = Array.from({ length: classes }, (_, label) => `${label}`);
  const data = await readFiles('idx', files, classNames);
  requireSameShape(data.train, data.test, files.testImages);
  return data;
}

export const idxFiles = {
  name: 'idx',
  description,
  options,
  facts: ({ files }, folder) => facts(placesOf(files, folder)),
  load: ({ files }, context) => load(placesOf(files, context.configFolder), context),
} satisfies DataSetEntry<typeof options>;
