/** `nas export`: a trained network of a finished run as a file that others run, never over one that is there already. */
import { join } from 'node:path';
import { UserError } from '../errors';
import { writeExported } from '../export/file';
import { exportFormats, type ExportOptions } from '../export/formats';
import { convertedFormats } from '../export/python/formats';
import { readWeights } from '../job/weights';
import { RunFolder } from '../runs/runFolder';
import { convertNetwork, type ConversionOrder } from '../study/conversion';
import { defaultThreads } from '../threads';
import { refuseExisting } from './files';
import type { ExitCode } from './options';
import { progressLine } from './progressLine';

export interface ExportCommandOptions extends ExportOptions {
  readonly format: string;
  readonly out: string;
  readonly force?: boolean;
  readonly network?: string;
  readonly python?: string;
}

const flags: Readonly<Record<keyof ExportOptions, string>> = {
  rawPixels: '--raw-pixels',
  softmax: '--softmax',
  batch: '--batch',
};

/** @throws UserError where an option means nothing for a format */
function refuseForeign(title: string, known: readonly (keyof ExportOptions)[], options: ExportOptions): void {
  const foreign = (Object.keys(options) as (keyof ExportOptions)[]).find(
    (key) => options[key] !== undefined && !known.includes(key),
  );
  if (!foreign) return;
  throw new UserError(
    known.length === 0
      ? `${title} has weights alone, whatever they are used for.`
      : `${title} has no ${flags[foreign]}: it takes any number of images.`,
    `Leave out ${flags[foreign]}, or choose --format onnx.`,
  );
}

/** @throws UserError when the run has no trained network, or the file exists or cannot be written */
export async function exportNetwork(
  run: string,
  { format, out, force, network, python, ...options }: ExportCommandOptions,
): Promise<ExitCode> {
  const folder = RunFolder.open(run);
  const stored = readWeights(folder, network);
  const { file } = stored;
  const inPython = convertedFormats.find(({ id }) => id === format);
  const chosen = exportFormats.find(({ id }) => id === format);
  const { title } = (chosen ?? inPython)!;
  refuseForeign(title, chosen ? chosen.options : ['rawPixels', 'softmax'], options);
  if (chosen && python !== undefined) {
    throw new UserError(`${title} needs no Python.`, 'Leave out --python.');
  }
  const target = join(out, (chosen ?? inPython)!.fileName(file));
  refuseExisting(target, force);
  if (chosen) {
    writeExported(target, chosen.encode(file, stored, options));
    console.log(target);
    console.error(`${title}: ${chosen.describe(file, options)}.`);
    return 0;
  }
  const said = await converted(folder, { format: inPython!.id, network, python, options, target });
  console.log(target);
  console.error(`${title}: ${said}.`);
  return 0;
}

/** @returns what came of it */
async function converted(folder: RunFolder, order: ConversionOrder): Promise<string> {
  const cancel = new AbortController();
  const stop = (): void => cancel.abort();
  const progress = progressLine();
  process.once('SIGINT', stop);
  try {
    return await convertNetwork(folder, order, {
      ...{ threads: defaultThreads(), packedFolder: join(__dirname, 'data'), signal: cancel.signal },
      onStep: (step) => progress.show(`${step} …`),
    });
  } finally {
    process.off('SIGINT', stop);
    progress.end();
  }
}
