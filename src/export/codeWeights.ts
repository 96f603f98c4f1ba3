/** Trained weights for generated code: where it finds them, and what has to be written for it. */
import { join, relative, sep } from 'node:path';
import type { GenerateOptions } from '../generate/language';
import type { StoredNetwork } from '../weights/file';
import type { Exported } from './file';
import { exportFormats } from './formats';

export interface CodeWeights {
  readonly options: GenerateOptions;
  /** A file beside the code, in languages that do not read the run's own. */
  readonly beside?: { readonly path: string; readonly exported: Exported };
}

/**
 * @param language id of the code's; where an export format has the same, the code reads its file
 * @param weightsPath of the run's own weights
 * @param folder of the code
 */
export function codeWeights(
  language: string,
  { file, weights, statistics }: StoredNetwork,
  weightsPath: string,
  folder: string,
): CodeWeights {
  const format = exportFormats.find(({ id }) => id === language);
  if (!format) return { options: { weights: relative(folder, weightsPath).split(sep).join('/') } };
  const name = format.fileName(file);
  const exported = format.encode(file, { weights, statistics }, {});
  return { options: { weights: name }, beside: { path: join(folder, name), exported } };
}
