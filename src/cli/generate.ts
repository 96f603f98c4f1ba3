/** `nas generate`: a genotype file to model code, never over a file that is there already. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { languages } from '../generate';
import { readGenotypeFile } from '../generate/readGenotype';
import { explainFileError } from '../runs/atomic';
import { genotypeOfEpoch } from '../runs/epochs';
import { RunFolder } from '../runs/runFolder';
import { readText, refuseExisting } from './files';
import type { ExitCode } from './options';

/** @throws UserError when the genotype is unusable or the file exists */
export function generate(
  source: string,
  options: {
    readonly language: string;
    readonly out: string;
    readonly force?: boolean;
    readonly epoch?: number;
  },
): ExitCode {
  const file = readSource(source, options.epoch);
  const language = languages.find(({ id }) => id === options.language)!;
  const target = join(options.out, language.fileName(file));
  refuseExisting(target, options.force);
  try {
    mkdirSync(options.out, { recursive: true });
    writeFileSync(target, language.generate(file));
  } catch (error) {
    throw explainFileError(error, target);
  }
  console.log(target);
  return 0;
}

/**
 * @param source a run folder, or a genotype file
 * @param epoch of a run folder, from 1; its last or best genotype when undefined
 * @throws UserError when there is no usable genotype
 */
export function readSource(source: string, epoch: number | undefined): ReturnType<typeof readGenotypeFile> {
  const isFolder = existsSync(source) && statSync(source).isDirectory();
  if (epoch === undefined) {
    const path = isFolder ? join(source, 'genotype.json') : source;
    return readGenotypeFile(readText(path), path);
  }
  if (!isFolder) {
    throw new UserError(`${source} is no run folder.`, 'Only a run folder has the genotypes of all epochs.');
  }
  const file = genotypeOfEpoch(RunFolder.open(source), epoch);
  // Through the checks of generation, as any other genotype.
  return readGenotypeFile(JSON.stringify(file), source);
}
