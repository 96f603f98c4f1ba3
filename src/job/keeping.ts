/** What a job leaves in its run folder of the networks that it has trained, and of the architecture that it has found. */
import { rmSync } from 'node:fs';
import { asError, UserError } from '../errors';
import type { TrainedNetwork } from '../network/trainableNetwork';
import type { RunState } from '../protocol/runState';
import type { RunFolder, RunResult } from '../runs/runFolder';
import type { TrainedTrial } from '../search/process';
import { baselineGenotype, type Part } from './plan';
import type { PreparedJob } from './prepare';
import { genotypeFile } from './results';
import { readWeightsFile } from '../weights/file';
import { writeWeights } from './weights';

export interface KeptFiles {
  readonly folder: RunFolder;
  readonly prepared: PreparedJob;
}

/** Writes the weights of the network that a part of the job has trained. */
export function keepWeights({ folder, prepared }: KeptFiles, part: Part, trained: TrainedNetwork): void {
  // As it is on disk, which is what code is generated from later.
  const found = folder.readGenotype()!;
  if (part.phase === 'final') return writeWeights(folder, found, trained);
  const genotype = baselineGenotype(folder.run.config, prepared.space, part.index);
  const network = `random-${part.index + 1}`;
  const origin = { ...found.origin, name: `${found.origin.name} ${network}`, strategy: 'random' };
  writeWeights(folder, { ...found, genotype, origin }, trained, network);
}

/** Writes the weights of a trial's network; only those of the best stay, unless all are wanted. */
export function keepTrial(
  { folder, prepared }: KeptFiles,
  { index, genotype, isBest, trained }: TrainedTrial,
  whose: 'best' | 'all',
): void {
  if (whose === 'best' && !isBest) return;
  const name = `trial-${index + 1}`;
  const file = genotypeFile(folder.run, prepared, genotype, index);
  const network = prepared.space.proxyNetwork(prepared.data.input);
  const origin = { ...file.origin, name: `${file.origin.name} ${name}` };
  writeWeights(folder, { ...file, network, origin }, trained, name);
  if (whose === 'all') return;
  const earlier = folder.trainedNetworks.filter((other) => other.startsWith('trial-') && other !== name);
  for (const other of earlier) rmSync(folder.weightsPathOf(other), { force: true });
}

/**
 * The weights of the network that was trained, for the result of the run.
 * @param warn is told why there are none that can be read, and what to do
 */
export function readableWeights(folder: RunFolder, warn: (message: string) => void): RunResult['weights'] {
  const { weights, weightsPath, run } = folder;
  if (run.config.final.epochs === 0) return undefined;
  const again = `nas train ${folder.path} trains the network again, to the same weights.`;
  if (weights === undefined) {
    warn(`${weightsPath} is gone, so the run ends without weights. ${again}`);
    return undefined;
  }
  try {
    readWeightsFile(weightsPath);
    return weights;
  } catch (error) {
    warn(`The run ends without weights. ${asError(error).message} ${again}`);
    return undefined;
  }
}

/** Writes `genotype.json` again where it is damaged, gone, or not of what the run has found. */
export function keepGenotype({ folder, prepared }: KeptFiles, { genotypes }: RunState): void {
  const last = genotypes.at(-1);
  if (!last) return;
  const file = genotypeFile(folder.run, prepared, last.genotype, last.epoch);
  if (readableGenotype(folder) !== JSON.stringify(file.genotype)) folder.writeGenotype(file);
}

function readableGenotype(folder: RunFolder): string | undefined {
  try {
    return JSON.stringify(folder.readGenotype()?.genotype);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
