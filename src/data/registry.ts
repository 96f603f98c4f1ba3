/** The registry of data sets. A new one is one file in `sets/` and one line here; its own keys stand in `data` of a config. */
import type * as z from 'zod';
import type { DataSetEntry, ImageCounts, LoadContext, LoadedData } from './dataSet';
import { shrinkImages, shrunkShape } from './resize';
import { fashionMnist } from './sets/fashionMnist';
import { idxFiles } from './sets/idxFiles';
import { mnist } from './sets/mnist';
import { synthetic } from './sets/synthetic';

export const dataSets = [mnist, fashionMnist, synthetic, idxFiles] as const;

/** A set's keys in the `data` section of a config, checked, with those of all sets that loading depends on. */
export type DataOptions = z.output<(typeof dataSets)[number]['options']> &
  ImageCounts & {
    /** Images are shrunk until their shorter side has as many pixels. */
    readonly imageSize?: number;
  };

/** The entry of a checked `set`. */
export function dataSetNamed(name: DataOptions['set']): DataSetEntry {
  const entries: readonly DataSetEntry[] = dataSets;
  return entries.find((entry) => entry.name === name)!;
}

/**
 * Loads a data set, shrunk where that is asked for.
 * @throws UserError when the data cannot be had or is broken, with code `cancelled` when the signal was raised
 */
export async function loadDataSet(options: DataOptions, context: LoadContext): Promise<LoadedData> {
  const { imageSize } = options;
  const data = await dataSetNamed(options.set).load(options, context);
  if (imageSize === undefined) return data;
  const { height, width } = shrunkShape(data.train, imageSize);
  context.onProgress?.({ step: `Shrinking images to ${height} × ${width}` });
  return { ...data, train: shrinkImages(data.train, imageSize), test: shrinkImages(data.test, imageSize) };
}
