/** Files that a config names. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { explainFileError } from '../runs/atomic';

/**
 * @param configFolder what relative paths are relative to
 * @throws UserError when the file cannot be read
 */
export function readBeside(configFolder: string, path: string): string {
  const full = resolve(configFolder, path);
  try {
    return readFileSync(full, 'utf8');
  } catch (error) {
    throw explainFileError(error, full);
  }
}
