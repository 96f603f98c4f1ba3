/** Reading the files that a person names on the command line. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { explainFileError } from '../runs/atomic';

/** @throws UserError when the file cannot be read */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw explainFileError(error, path);
  }
}

/** `digits` for `some/digits.nas.json`. */
export function configName(path: string): string {
  return basename(path).replace(/(\.nas)?\.json$/, '');
}
