/** `nas generate`: a genotype file to model code, never over a file that is there already. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { languages } from '../generate';
import { readGenotypeFile } from '../generate/readGenotype';
import { explainFileError } from '../runs/atomic';
import { readText } from './files';
import type { ExitCode } from './program';

/** @throws UserError when the genotype is unusable or the file exists */
export function generate(
  source: string,
  options: { readonly language: string; readonly out: string; readonly force?: boolean },
): ExitCode {
  const isFolder = existsSync(source) && statSync(source).isDirectory();
  const path = isFolder ? join(source, 'genotype.json') : source;
  const file = readGenotypeFile(readText(path), path);
  const language = languages.find(({ id }) => id === options.language)!;
  const target = join(options.out, language.fileName(file));
  if (existsSync(target) && !options.force) {
    throw new UserError(
      `${target} exists already.`,
      'Choose another folder with --out, or replace it with --force.',
    );
  }
  try {
    mkdirSync(options.out, { recursive: true });
    writeFileSync(target, language.generate(file));
  } catch (error) {
    throw explainFileError(error, target);
  }
  console.log(target);
  return 0;
}
