/** The registry of data sets. A new one is one file in `sets/` and one line here; its own keys stand in `data` of a config. */
import type * as z from 'zod';
import type { DataSetEntry, Fitting, ImageCounts, LoadContext, LoadedData } from './dataSet';
import { fitImages } from './fitting';
import { arrays } from './sets/arrays';
import { cifar } from './sets/cifar';
import { fashionMnist } from './sets/fashionMnist';
import { folder } from './sets/folder';
import { idxFiles } from './sets/idxFiles';
import { mnist } from './sets/mnist';
import { synthetic } from './sets/synthetic';
import { table } from './sets/table';

export const dataSets = [mnist, fashionMnist, synthetic, folder, table, idxFiles, arrays, cifar] as const;

/** A set's keys in the `data` section of a config, checked, with those of all sets that loading depends on. */
export type DataOptions = z.output<(typeof dataSets)[number]['options']> & ImageCounts & Fitting;

/** The entry of a checked `set`. */
export function dataSetNamed(name: DataOptions['set']): DataSetEntry {
  const entries: readonly DataSetEntry[] = dataSets;
  return entries.find((entry) => entry.name === name)!;
}

/**
 * Loads a data set, its images fitted as the config wants them, once they are asked for.
 * @throws UserError when the data cannot be had or is broken, with code `cancelled` when the signal was raised
 */
export async function loadDataSet(options: DataOptions, context: LoadContext): Promise<LoadedData> {
  const data = await dataSetNamed(options.set).load(options, context);
  return { ...data, train: fitImages(data.train, options), test: fitImages(data.test, options) };
}
