/** `nas export`: the trained network of a finished run as a file that others run, never over one that is there already. */
import { join } from 'node:path';
import { UserError } from '../errors';
import { exportFormats, type ExportOptions } from '../export/formats';
import { writeExported } from '../export/file';
import { readWeights } from '../job/weights';
import { RunFolder } from '../runs/runFolder';
import { refuseExisting } from './files';
import type { ExitCode } from './options';

export interface ExportCommandOptions extends ExportOptions {
  readonly format: string;
  readonly out: string;
  readonly force?: boolean;
  readonly network?: string;
}

const flags: Readonly<Record<keyof ExportOptions, string>> = {
  rawPixels: '--raw-pixels',
  softmax: '--softmax',
  batch: '--batch',
};

/** @throws UserError when the run has no trained network, or the file exists or cannot be written */
export function exportNetwork(
  run: string,
  { format, out, force, network, ...options }: ExportCommandOptions,
): ExitCode {
  const { file, weights, statistics } = readWeights(RunFolder.open(run), network);
  const chosen = exportFormats.find(({ id }) => id === format)!;
  const foreign = (Object.keys(options) as (keyof ExportOptions)[]).find(
    (key) => options[key] !== undefined && !chosen.options.includes(key),
  );
  if (foreign) {
    throw new UserError(
      chosen.options.length === 0
        ? `${chosen.title} has weights alone, whatever they are used for.`
        : `${chosen.title} has no ${flags[foreign]}: its graph takes any number of images.`,
      `Leave out ${flags[foreign]}, or choose --format onnx.`,
    );
  }
  const target = join(out, chosen.fileName(file));
  refuseExisting(target, force);
  writeExported(target, chosen.encode(file, { weights, statistics }, options));
  console.log(target);
  console.error(`${chosen.title}: ${chosen.describe(file, options)}.`);
  return 0;
}
