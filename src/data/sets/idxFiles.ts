/** The user's own images in IDX files. */
import path from 'node:path';
import * as z from 'zod';
import { described, namedPath } from '../../describe';
import { requireSameShape } from '../broken';
import type { DataFacts, DataFiles, DataSetEntry, LoadContext, LoadedData } from '../dataSet';
import { promised, stopIfCancelled } from '../dataSet';
import { classesOfFiles, countOf, imageShape, readIdxHeader, readIdxIntegers } from '../idx';
import { classNameFindings, classNamesKey } from '../labels';
import { readFiles } from '../store';
import { transposedSize, transposeImages } from '../transpose';

const description =
  'Your own images in IDX files, the format of MNIST, gzipped or not; name them under `files`. Labels are integers from any base. The images of EMNIST lie transposed: set `transpose`.';

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
  classNames: classNamesKey,
  transpose: described(
    z.boolean().default(false),
    'Exchange rows and columns of every image. Set it for EMNIST, whose images lie transposed in its IDX files.',
  ),
});
type Chosen = z.output<typeof options>;

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

/** From the headers of the images, and from the labels, of which there are few bytes an image. */
function facts({ classNames, transpose }: Chosen, files: DataFiles): DataFacts {
  const [trainImages, testImages] = [readIdxHeader(files.trainImages), readIdxHeader(files.testImages)];
  const [train, test] = [imageShape(trainImages), imageShape(testImages)];
  requireSameShape(train, test, files.testImages);
  const [trainLabels, testLabels] = [readIdxIntegers(files.trainLabels), readIdxIntegers(files.testLabels)];
  const trainCount = countOf(trainImages, trainLabels);
  const testCount = countOf(testImages, testLabels);
  const classes = classesOfFiles([trainLabels, testLabels], classNames).classNames.length;
  return { ...train, ...(transpose && transposedSize(train)), classes, trainCount, testCount };
}

async function load(chosen: Chosen, { configFolder, signal, onProgress }: LoadContext): Promise<LoadedData> {
  stopIfCancelled(signal);
  onProgress?.({ step: 'Reading IDX files' });
  const files = placesOf(chosen.files, configFolder);
  const data = await readFiles('idx', files, chosen.classNames);
  requireSameShape(data.train, data.test, files.testImages);
  if (!chosen.transpose) return data;
  return { ...data, train: transposeImages(data.train), test: transposeImages(data.test) };
}

export const idxFiles = {
  name: 'idx',
  description,
  options,
  checks: ({ classNames }) => classNameFindings(classNames),
  readFacts: (chosen, folder) => promised(() => facts(chosen, placesOf(chosen.files, folder))),
  load,
} satisfies DataSetEntry<typeof options>;
