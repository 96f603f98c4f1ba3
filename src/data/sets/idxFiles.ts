/** The user's own images in IDX files. */
import path from 'node:path';
import { UserError } from '../../errors';
import type { DataSetEntry, LoadOptions, LoadedData } from '../dataSet';
import { stopIfCancelled } from '../dataSet';
import { readIdx } from '../idx';
import { readFiles } from '../store';

async function load({ files, configFolder, signal, onProgress }: LoadOptions): Promise<LoadedData> {
  stopIfCancelled(signal);
  if (!files) {
    const hint = 'Add "files" with trainImages, trainLabels, testImages and testLabels to "data".';
    throw new UserError('The set "idx" needs files.', hint);
  }
  const places = {
    trainImages: path.resolve(configFolder, files.trainImages),
    trainLabels: path.resolve(configFolder, files.trainLabels),
    testImages: path.resolve(configFolder, files.testImages),
    testLabels: path.resolve(configFolder, files.testLabels),
  };
  onProgress?.({ step: 'Reading IDX files' });
  // How many classes there are is for the training labels to say.
  const { values } = await readIdx(places.trainLabels);
  const classes = values.reduce((most, label) => Math.max(most, label), 0) + 1;
  if (classes < 2) {
    const hint = 'Labels count from 0 to the number of classes minus one.';
    throw new UserError(`${places.trainLabels}: all labels are the same.`, hint, 'broken-data');
  }
  const classNames = Array.from({ length: classes }, (_, label) => `${label}`);
  const data = await readFiles('idx', places, classNames);
  const shape = ({ height, width, channels }: LoadedData['train']) => `${height} × ${width} × ${channels}`;
  if (shape(data.train) !== shape(data.test)) {
    throw new UserError(
      `${places.testImages}: test images are ${shape(data.test)}, training images ${shape(data.train)}.`,
      'Both must have the same height, width and channels.',
      'broken-data',
    );
  }
  return data;
}

export const idxFiles: DataSetEntry = {
  name: 'idx',
  title: 'IDX files',
  description: 'Your own images in IDX files, the format of MNIST, gzipped or not; name them under "files".',
  load,
};
