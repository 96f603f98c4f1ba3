/** The weights of the networks that a run has trained, in its run folder. */
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { resolve } from 'node:path';
import { givenArchitecture } from '../config/architecture';
import type { Config } from '../config/schema';
import type { DataFacts } from '../data/dataSet';
import { UserError } from '../errors';
import type { TrainedWeights } from '../network/trainedWeights';
import { foundNetwork, type RunFolder } from '../runs/runFolder';
import type { GenotypeFile } from '../space/genotype';
import { encodeWeights, readWeightsFile, type StoredNetwork } from '../weights/file';
import { finalNetwork, frameOf } from './plan';

/**
 * Writes the weights of the network that a genotype file describes into the run folder.
 * @param network what it is called among those of the run
 * @throws UserError when the file cannot be written
 */
export function writeWeights(
  folder: RunFolder,
  file: GenotypeFile,
  trained: TrainedWeights,
  network = foundNetwork,
): void {
  folder.write(folder.weightsPathOf(network), encodeWeights(file, trained));
}

/**
 * The weights of a file, to train on from.
 * @param wanted the network that they have to be of
 * @throws UserError when the file is missing, damaged or of another network
 */
export function weightsOf(
  path: string,
  { genotype, network }: Pick<GenotypeFile, 'genotype' | 'network'>,
): Float32Array {
  if (!existsSync(path)) {
    throw new UserError(`${path} does not exist.`, 'Name the weights.safetensors of a run.', 'no-weights');
  }
  const { file, weights } = readWeightsFile(path);
  const differs = ['genotype', 'network'].find(
    (key) => !isDeepStrictEqual(file[key as keyof typeof file], { genotype, network }[key]),
  );
  if (!differs) return weights;
  const wanted =
    differs === 'genotype'
      ? 'Its architecture is another one than the given.'
      : `It was built for ${describeNetwork(file.network)}, and this training builds ${describeNetwork(network)}.`;
  throw new UserError(
    `${path} holds the weights of another network. ${wanted}`,
    'Start from new weights – without final.initialWeights or --keep-weights –, or with the cells, channels and images of that run.',
    'no-weights',
  );
}

/**
 * That the weights which a config names to start from are those of its network.
 * @param facts of its data
 * @throws UserError as `weightsOf`
 */
export function requireInitialWeights(config: Config, facts: DataFacts, configFolder: string): void {
  const genotype = givenArchitecture(config);
  const { initialWeights } = config.final;
  if (initialWeights === undefined || !genotype) return;
  const network = finalNetwork(config, frameOf(config, facts));
  weightsOf(resolve(configFolder, initialWeights), { genotype, network });
}

/** "32×32×3 images, 10 classes, cells 20, channels 36" */
function describeNetwork({ input, classes, ...stack }: GenotypeFile['network']): string {
  const { height, width, channels } = input;
  const scale = Object.entries(stack).map(([key, value]) => `, ${key} ${value}`);
  return `${height}×${width}×${channels} images, ${classes} classes${scale.join('')}`;
}

/**
 * A trained network of a finished run.
 * @throws UserError when it is not there, with code `no-weights`, or the file is damaged
 */
export function readWeights(folder: RunFolder, network = foundNetwork): StoredNetwork {
  const path = folder.weightsPathOf(network);
  // The network of a trial is whole as soon as it is there, whatever becomes of the run.
  const isTrial = network.startsWith('trial-') && existsSync(path);
  const lack = isTrial ? undefined : folder.weightsLack;
  if (lack) throw new UserError(lack.message, lack.hint, 'no-weights');
  if (!existsSync(path)) {
    throw new UserError(
      `The run ${folder.run.runId} has no trained network "${network}".`,
      `It has ${folder.trainedNetworks.join(', ')}.`,
      'no-weights',
    );
  }
  return readWeightsFile(path);
}
