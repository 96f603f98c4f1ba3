/** `nas generate`: a genotype file to model code, never over a file that is there already. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../errors';
import { codeWeights, type CodeWeights } from '../export/codeWeights';
import { writeExported } from '../export/file';
import { languages } from '../generate';
import { readGenotypeFile } from '../generate/readGenotype';
import { readme, readmeName } from '../generate/readme';
import { readWeights } from '../job/weights';
import { explainFileError, makeFolders } from '../runs/atomic';
import { genotypeOfEpoch } from '../runs/epochs';
import { RunFolder } from '../runs/runFolder';
import { readText, refuseExisting } from './files';
import type { codeParts, ExitCode } from './options';

/** What code can have beside itself: trained weights that it uses, and a README. */
export type CodePart = (typeof codeParts)[number];

/** @throws UserError when the genotype is unusable or the file exists */
export function generate(
  source: string,
  options: {
    readonly language: string;
    readonly out: string;
    readonly force?: boolean;
    readonly epoch?: number;
    readonly with?: readonly CodePart[];
  },
): ExitCode {
  const file = readSource(source, options.epoch);
  const language = languages.find(({ id }) => id === options.language)!;
  const target = join(options.out, language.fileName(file));
  refuseExisting(target, options.force);
  const wanted = (part: CodePart): boolean => options.with?.includes(part) ?? false;
  const trained = wanted('weights') ? weightsFor(source, options) : undefined;
  const beside = trained?.beside;
  if (beside) refuseExisting(beside.path, options.force);
  const readmePath = wanted('readme') ? join(options.out, readmeName(file)) : undefined;
  if (readmePath) refuseExisting(readmePath, options.force);
  try {
    makeFolders(options.out);
    writeFileSync(target, language.generate(file, trained?.options));
    if (readmePath)
      writeFileSync(readmePath, readme(file, language, basename(target), trained !== undefined));
  } catch (error) {
    throw explainFileError(error, target);
  }
  console.log(target);
  if (readmePath) console.log(readmePath);
  if (beside) {
    writeExported(beside.path, beside.exported);
    console.log(beside.path);
  }
  return 0;
}

/** @throws UserError where the source is no run with a trained network, or the language reads none */
function weightsFor(
  source: string,
  { language, out, epoch }: { readonly language: string; readonly out: string; readonly epoch?: number },
): CodeWeights {
  if (language === 'typescript') {
    throw new UserError(
      'TypeScript code reads no pictures; loadWeights(model, bytes) in it takes the weights of the run.',
      'Leave out --with weights.',
    );
  }
  if (epoch !== undefined) {
    throw new UserError(
      'Only the found network of a run is trained.',
      'Leave out --epoch or --with weights.',
    );
  }
  const run = RunFolder.open(source);
  return codeWeights(language, readWeights(run), run.weightsPath, resolve(out));
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
    if (isFolder && !existsSync(path)) {
      const message = `${source} is no run folder, or its run has no genotype yet: genotype.json is not in it.`;
      throw new UserError(message, 'Name a run folder or a genotype file.', 'missing');
    }
    return readGenotypeFile(readText(path), path);
  }
  if (!isFolder) {
    throw new UserError(`${source} is no run folder.`, 'Only a run folder has the genotypes of all epochs.');
  }
  const file = genotypeOfEpoch(RunFolder.open(source), epoch);
  // Through the checks of generation, as any other genotype.
  return readGenotypeFile(JSON.stringify(file), source);
}
