/** `nas train`: an architecture that is known, trained as a config says; a run like any other but for its search. */
import { statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { requireFit } from '../config/parse';
import { trainedAnew, trainingKeys, withFullRecipe } from '../config/trainingConfig';
import { UserError } from '../errors';
import { RunFolder } from '../runs/runFolder';
import { readText } from './files';
import { readSource } from './generate';
import type { ExitCode, RunOptions } from './options';
import { startRun } from './run';

export interface TrainOptions extends RunOptions {
  /** A config whose data and final training are taken; that of the run unless given. */
  readonly config?: string;
  readonly name?: string;
  readonly epochs?: number;
  readonly cells?: number;
  readonly channels?: number;
  readonly keepWeights?: boolean;
  readonly fullRecipe?: boolean;
}

/**
 * @param source a run folder or a genotype file
 * @throws UserError when there is no usable genotype, no data to train on, or weights of another network are to be kept
 */
export async function train(source: string, options: TrainOptions): Promise<ExitCode> {
  const { origin } = readSource(source, undefined);
  const genotypePath = isFolder(source) ? join(source, 'genotype.json') : source;
  const run = runOf(genotypePath);
  const { text, file } = configText(options.config, run, source);
  const configFolder = dirname(file);
  const named = (path: string): string => relative(configFolder, resolve(path)) || path;
  const { epochs, cells, channels } = options;
  const keys = trainingKeys({
    name: options.name ?? `${origin.name} training`,
    architecture: named(genotypePath),
    ...{ epochs, cells, channels },
    ...(options.keepWeights && { initialWeights: named(weightsPath(run, source)) }),
  });
  const fitted = await requireFit(text, file, keys);
  const config = options.fullRecipe ? withFullRecipe(fitted.config) : fitted.config;
  return startRun({ ...fitted, config }, file, options);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The run that a genotype file was left by; undefined where it is in no run folder. */
function runOf(genotypePath: string): RunFolder | undefined {
  return basename(genotypePath) === 'genotype.json' ? RunFolder.around(genotypePath) : undefined;
}

/** The config to start from, and the file where relative paths start and that errors name. */
function configText(
  config: string | undefined,
  run: RunFolder | undefined,
  source: string,
): { readonly text: string; readonly file: string } {
  if (config !== undefined) return { text: readText(config), file: resolve(config) };
  if (run) {
    run.requireFiles();
    return { text: JSON.stringify(trainedAnew(run.run.config), undefined, 2), file: run.run.configFile };
  }
  throw new UserError(
    `${source} is an architecture without data to train it on.`,
    'Name a config with data and the final training: nas train GENOTYPE --config CONFIG',
    'no-data',
  );
}

function weightsPath(run: RunFolder | undefined, source: string): string {
  const lack = run?.weightsLack;
  if (lack) throw new UserError(lack.message, lack.hint, 'no-weights');
  if (run) return run.weightsPath;
  throw new UserError(
    `${source} is in no run folder, so there are no weights of it.`,
    'Name a run folder, or leave --keep-weights out.',
    'no-weights',
  );
}
