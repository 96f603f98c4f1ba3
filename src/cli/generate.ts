/** `nas generate`: a genotype file to model code, never over a file that is there already. */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../errors';
import { codeWeights, type CodeWeights } from '../export/codeWeights';
import { writeExported, type Exported } from '../export/file';
import { languages, type Language } from '../generate';
import { codeTest } from '../generate/codeTest';
import { readGenotypeFile } from '../generate/readGenotype';
import { readme, readmeName } from '../generate/readme';
import { dataName, trainingScript, type TrainingRecipe } from '../generate/training';
import { readWeights } from '../job/weights';
import { genotypeOfEpoch } from '../runs/epochs';
import { RunFolder } from '../runs/runFolder';
import { readText, refuseExisting } from './files';
import type { GenotypeFile } from '../space/genotype';
import type { codeParts, ExitCode } from './options';
import { recipeOf } from './recipe';
import { dataOf, encodePictures } from './runData';
import { samplesOf } from './samples';

/** What code can have beside itself: trained weights that it uses, a test, a script that trains it anew, and a README. */
export type CodePart = (typeof codeParts)[number];

export interface GenerateCommandOptions {
  readonly language: string;
  readonly out: string;
  readonly force?: boolean;
  readonly epoch?: number;
  readonly with?: readonly CodePart[];
}

/** A file that the command writes. */
interface Written {
  readonly path: string;
  readonly content: string | Exported;
}

/** @throws UserError when the genotype is unusable, a file exists, or a part needs a trained network and there is none */
export async function generate(source: string, options: GenerateCommandOptions): Promise<ExitCode> {
  const { out, force } = options;
  const file = readSource(source, options.epoch);
  const language = languages.find(({ id }) => id === options.language)!;
  const wanted = (part: CodePart): boolean => options.with?.includes(part) ?? false;
  const codeName = language.fileName(file);
  const usesWeights = wanted('weights') && requireProgram(language);
  const trained = usesWeights || wanted('test') ? trainedOf(source, options) : undefined;
  const code = language.generate(file, usesWeights ? trained?.weights.options : {});
  const files: Written[] = [{ path: join(out, codeName), content: code }];
  const beside = trained?.weights.beside;
  if (beside) files.push({ path: beside.path, content: beside.exported });
  if (wanted('readme')) {
    const content = readme(file, language, codeName, usesWeights);
    files.push({ path: join(out, readmeName(file)), content });
  }
  const training = wanted('training') ? trainingOf(source, file, options) : undefined;
  if (training) {
    const { name, text } = trainingScript(file, language, codeName, training.recipe);
    files.push({ path: join(out, name), content: text });
    refuseExisting(join(out, dataName(file)), force);
  }
  // Before the data is loaded for a test.
  for (const { path } of files) refuseExisting(path, force);
  if (trained && wanted('test')) {
    const samples = await samplesOf(trained.run, trained.stored);
    const { weights = '' } = trained.weights.options;
    const written = codeTest(file, language, codeName, weights, samples);
    for (const { name, text } of [written.test, written.samples]) {
      files.push({ path: join(out, name), content: text });
      refuseExisting(join(out, name), force);
    }
  }
  if (training) {
    const pieces = encodePictures(await dataOf(training.run.run));
    files.push({ path: join(out, dataName(file)), content: { pieces } });
  }
  for (const each of files) {
    write(each);
    console.log(each.path);
  }
  return 0;
}

/** A link in the place of the file is replaced, and not followed. */
function write({ path, content }: Written): void {
  writeExported(path, typeof content === 'string' ? { pieces: [content] } : content);
}

/** @throws UserError where the code of a language is no program that uses weights */
function requireProgram({ classifies, title }: Language): true {
  if (classifies) return true;
  throw new UserError(
    `${title} code reads no pictures; loadWeights(model, bytes) in it takes the weights of the run.`,
    'Leave out --with weights.',
  );
}

interface Trained {
  readonly run: RunFolder;
  readonly stored: ReturnType<typeof readWeights>;
  readonly weights: CodeWeights;
}

/** @throws UserError where the source is no run with a trained network */
function trainedOf(source: string, { language, out, epoch }: GenerateCommandOptions): Trained {
  if (epoch !== undefined) {
    throw new UserError(
      'Only the found network of a run is trained.',
      'Leave out --epoch, or the weights and the test.',
    );
  }
  const run = RunFolder.open(source);
  const stored = readWeights(run);
  return { run, stored, weights: codeWeights(language, stored, run.weightsPath, resolve(out)) };
}

/**
 * How the run of a network trains it.
 * @throws UserError where the source is no run that trains its network
 */
function trainingOf(
  source: string,
  file: GenotypeFile,
  { epoch }: GenerateCommandOptions,
): { readonly run: RunFolder; readonly recipe: TrainingRecipe } {
  if (epoch === undefined && !isFolder(source)) {
    throw new UserError(
      `${source} is no run folder: a script that trains has the recipe and the pictures of a run.`,
      'Name a run folder, or train the architecture here: nas train GENOTYPE --config CONFIG.',
    );
  }
  const run = RunFolder.open(source);
  const { config } = run.run;
  if (config.final.epochs === 0 || !file.normalization) {
    throw new UserError(
      'The run trains no network: its final.epochs is 0.',
      'Leave out --with training, or train the architecture: nas train RUN --epochs 100.',
    );
  }
  return { run, recipe: recipeOf(config, file) };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * @param source a run folder, or a genotype file
 * @param epoch of a run folder, from 1; its last or best genotype when undefined
 * @throws UserError when there is no usable genotype
 */
export function readSource(source: string, epoch: number | undefined): ReturnType<typeof readGenotypeFile> {
  const isRun = isFolder(source);
  if (epoch === undefined) {
    const path = isRun ? join(source, 'genotype.json') : source;
    if (isRun && !existsSync(path)) {
      const message = `${source} is no run folder, or its run has no genotype yet: genotype.json is not in it.`;
      throw new UserError(message, 'Name a run folder or a genotype file.', 'missing');
    }
    return readGenotypeFile(readText(path), path);
  }
  if (!isRun) {
    throw new UserError(`${source} is no run folder.`, 'Only a run folder has the genotypes of all epochs.');
  }
  const file = genotypeOfEpoch(RunFolder.open(source), epoch);
  // Through the checks of generation, as any other genotype.
  return readGenotypeFile(JSON.stringify(file), source);
}
