/** `nas export`: the trained network of a finished run as a file that others run, never over one that is there already. */
import { join } from 'node:path';
import { UserError } from '../errors';
import { exportFormats, type ExportOptions } from '../export/formats';
import { readWeights } from '../job/weights';
import { writeAtomically } from '../runs/atomic';
import { RunFolder } from '../runs/runFolder';
import { refuseExisting } from './files';
import type { ExitCode } from './options';

export interface ExportCommandOptions extends ExportOptions {
  readonly format: string;
  readonly out: string;
  readonly force?: boolean;
  readonly network?: string;
}

/** @throws UserError when the run has no trained network, or the file exists or cannot be written */
export function exportNetwork(
  run: string,
  { format, out, force, network, ...options }: ExportCommandOptions,
): ExitCode {
  const { file, weights, statistics } = readWeights(RunFolder.open(run), network);
  const chosen = exportFormats.find(({ id }) => id === format)!;
  if (!chosen.hasOptions && Object.values(options).some((value) => value !== undefined)) {
    throw new UserError(
      `${chosen.title} has weights alone, whatever they are used for.`,
      'Leave out --raw-pixels, --softmax and --batch, or choose --format onnx.',
    );
  }
  const target = join(out, chosen.fileName(file));
  refuseExisting(target, force);
  writeAtomically(target, chosen.encode(file, { weights, statistics }, options));
  console.log(target);
  console.error(`${chosen.title}: ${chosen.describe(file, options)}.`);
  return 0;
}
