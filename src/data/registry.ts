/** The registry of data sets. A new one is one file in `sets/` and one line here. */
import { UserError } from '../errors';
import type { DataSetEntry, LoadOptions, LoadedData } from './dataSet';
import { shrinkImages } from './resize';
import { fashionMnist } from './sets/fashionMnist';
import { idxFiles } from './sets/idxFiles';
import { mnist } from './sets/mnist';
import { synthetic } from './sets/synthetic';

export const dataSets: readonly DataSetEntry[] = [mnist, fashionMnist, synthetic, idxFiles];

/**
 * Loads a data set, shrunk to `side` × `side` pixels where that is given.
 * @throws UserError when the data cannot be had or is broken, with code `cancelled` when the signal was raised
 */
export async function loadDataSet(name: string, options: LoadOptions, side?: number): Promise<LoadedData> {
  const entry = dataSets.find((set) => set.name === name);
  if (!entry) {
    const known = dataSets.map((set) => `"${set.name}"`).join(', ');
    throw new UserError(`There is no data set "${name}".`, `Known are ${known}.`);
  }
  const data = await entry.load(options);
  if (side === undefined) return data;
  options.onProgress?.({ step: `Shrinking images to ${side} × ${side}` });
  return { ...data, train: shrinkImages(data.train, side), test: shrinkImages(data.test, side) };
}
