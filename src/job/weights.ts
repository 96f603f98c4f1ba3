/** The weights of the networks that a run has trained, in its run folder. */
import { existsSync } from 'node:fs';
import { UserError } from '../errors';
import type { TrainedWeights } from '../network/trainedWeights';
import { writeAtomically } from '../runs/atomic';
import { foundNetwork, type RunFolder } from '../runs/runFolder';
import type { GenotypeFile } from '../space/genotype';
import { encodeWeights, readWeightsFile, type StoredNetwork } from '../weights/file';

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
  writeAtomically(folder.weightsPathOf(network), encodeWeights(file, trained));
}

/**
 * A trained network of a finished run.
 * @throws UserError when it is not there, with code `no-weights`, or the file is damaged
 */
export function readWeights(folder: RunFolder, network = foundNetwork): StoredNetwork {
  const lack = folder.weightsLack;
  if (lack) throw new UserError(lack.message, lack.hint, 'no-weights');
  const path = folder.weightsPathOf(network);
  if (!existsSync(path)) {
    throw new UserError(
      `The run ${folder.run.runId} has no trained network "${network}".`,
      `It has ${folder.trainedNetworks.join(', ')}.`,
      'no-weights',
    );
  }
  return readWeightsFile(path);
}
