/** Reading the files that a person names on the command line. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../errors';
import { explainFileError } from '../runs/atomic';

/** @throws UserError when the file cannot be read */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw explainFileError(error, path);
  }
}

/** @throws UserError where there is a file that is not to be replaced */
export function refuseExisting(target: string, force = false): void {
  if (force || !existsSync(target)) return;
  throw new UserError(
    `${target} exists already.`,
    'Choose another folder with --out, or replace it with --force.',
  );
}

/** `digits` for `some/digits.nas.json`. */
export function configName(path: string): string {
  return basename(path).replace(/(\.nas)?\.json$/, '');
}
