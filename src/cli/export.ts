/** `nas export`: a trained network of a finished run as a file that others run, never over one that is there already. */
import { join } from 'node:path';
import { UserError } from '../errors';
import { writeExported } from '../export/file';
import { exportFormats, type ExportOptions } from '../export/formats';
import { convert, convertedFormats, type ConvertedFormat } from '../export/python';
import { findPython } from '../export/python/find';
import { formatBytes } from '../format';
import { loadJobData } from '../job/data';
import { readWeights } from '../job/weights';
import { writeAtomically } from '../runs/atomic';
import { foundNetwork, RunFolder } from '../runs/runFolder';
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
  const converted = convertedFormats.find(({ id }) => id === format);
  const chosen = exportFormats.find(({ id }) => id === format);
  const { title } = (chosen ?? converted)!;
  refuseForeign(title, chosen ? chosen.options : ['rawPixels', 'softmax'], options);
  if (chosen && python !== undefined) {
    throw new UserError(`${title} needs no Python.`, 'Leave out --python.');
  }
  const target = join(out, (chosen ?? converted)!.fileName(file));
  refuseExisting(target, force);
  if (chosen) {
    writeExported(target, chosen.encode(file, stored, options));
    console.log(target);
    console.error(`${title}: ${chosen.describe(file, options)}.`);
    return 0;
  }
  const said = await convertTo(converted!, folder, stored, { network, python, options, target });
  console.log(target);
  console.error(`${title}: ${said}.`);
  return 0;
}

function sizeOf({ length }: Uint8Array): string {
  return length < 1e6 ? `${Math.ceil(length / 1000)} kB` : formatBytes(length);
}

interface Conversion {
  readonly network: string | undefined;
  readonly python: string | undefined;
  readonly options: ExportOptions;
  readonly target: string;
}

/** @returns what came of it */
async function convertTo(
  format: ConvertedFormat,
  folder: RunFolder,
  stored: ReturnType<typeof readWeights>,
  { network, python: named, options, target }: Conversion,
): Promise<string> {
  const python = await findPython(named);
  const { config, configFolder } = folder.run;
  const cancel = new AbortController();
  const stop = (): void => cancel.abort();
  const progress = progressLine();
  process.once('SIGINT', stop);
  try {
    const { signal } = cancel;
    const onStep = (step: string): void => progress.show(`${step} …`);
    const jobData = await loadJobData(config, {
      configFolder,
      packedFolder: join(__dirname, 'data'),
      signal,
      onProgress: onStep,
    });
    const data = jobData.training('export');
    const { content, report } = await convert(
      ...([format, stored.file, stored, options] as const),
      { training: () => data.plainBatches(), test: () => data.testBatches() },
      { python, threads: defaultThreads(), signal, onStep },
    );
    writeAtomically(target, [content]);
    const grouped = (value: number) => value.toLocaleString('en-US');
    const found = folder.readResult()?.found;
    const own =
      network === undefined || network === foundNetwork
        ? `, the run ${grouped(Math.round((found?.testAccuracy ?? NaN) * report.images))}`
        : '';
    return `${grouped(report.right)} of ${grouped(report.images)} test images right${own}; ${sizeOf(content)}, converted in ${report.seconds.toFixed(1)} s by Keras ${report.version}`;
  } finally {
    process.off('SIGINT', stop);
    progress.end();
  }
}
