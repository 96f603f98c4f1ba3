/** The weights of a run's found network, in its run folder. */
import { UserError } from '../errors';
import type { TrainedWeights } from '../network/trainedWeights';
import { writeAtomically } from '../runs/atomic';
import type { RunFolder } from '../runs/runFolder';
import type { GenotypeFile } from '../space/genotype';
import { encodeWeights, readWeightsFile, type StoredNetwork } from '../weights/file';

/**
 * Writes the weights of the network that a genotype file describes into the run folder.
 * @throws UserError when the file cannot be written
 */
export function writeWeights(folder: RunFolder, file: GenotypeFile, trained: TrainedWeights): void {
  writeAtomically(folder.weightsPath, encodeWeights(file, trained));
}

/**
 * The found network of a finished run.
 * @throws UserError when it is not there, with code `no-weights`, or the file is damaged
 */
export function readWeights(folder: RunFolder): StoredNetwork {
  const lack = folder.weightsLack;
  if (lack) throw new UserError(lack.message, lack.hint, 'no-weights');
  return readWeightsFile(folder.weightsPath);
}
