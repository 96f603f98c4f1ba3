/** A trained network of a run as a file that Keras or TensorFlow makes in Python, tried on the run's test split. */
import { UserError } from '../errors';
import type { ExportOptions } from '../export/formats';
import { convert, convertedFormats } from '../export/python';
import { findPython } from '../export/python/find';
import type { ConvertedFormatName } from '../export/names';
import { formatBytes } from '../format';
import { loadJobData } from '../job/data';
import { readWeights } from '../job/weights';
import { writeAtomically } from '../runs/atomic';
import { foundNetwork, type RunFolder, type RunResult } from '../runs/runFolder';

export interface ConversionOrder {
  readonly format: ConvertedFormatName;
  /** Of those of the run; the found one unless given. */
  readonly network?: string;
  readonly options: Pick<ExportOptions, 'rawPixels' | 'softmax'>;
  /** Path of the file; one that is there is replaced. */
  readonly target: string;
  /** The Python that converts; one is looked for unless given. */
  readonly python?: string;
}

export interface ConversionPlace {
  readonly threads: number;
  /** Data that ships with the tool. */
  readonly packedFolder: string;
  readonly signal: AbortSignal;
  onStep(step: string): void;
}

/**
 * Writes the file.
 * @returns how many test images it takes for what they are, its size, and by what it was made; a part of a sentence
 * @throws UserError when the run has no such network, its data cannot be had, or no Python can convert (code `no-python`)
 */
export async function convertNetwork(
  folder: RunFolder,
  { format: id, network, options, target, python: named }: ConversionOrder,
  { threads, packedFolder, signal, onStep }: ConversionPlace,
): Promise<string> {
  const format = convertedFormats.find((each) => each.id === id)!;
  const stored = readWeights(folder, network);
  const found = resultOf(folder)?.found;
  const python = await findPython(named);
  const { config, configFolder } = folder.run;
  const jobData = await loadJobData(config, { configFolder, packedFolder, signal, onProgress: onStep });
  const data = jobData.training('export');
  const { content, report } = await convert(
    ...([format, stored.file, stored, options] as const),
    { training: () => data.plainBatches(), test: () => data.testBatches() },
    { python, threads, signal, onStep },
  );
  writeAtomically(target, [content]);
  const grouped = (value: number) => value.toLocaleString('en-US');
  const isFound = found && (network === undefined || network === foundNetwork);
  const own = isFound ? `, the run ${grouped(Math.round(found.testAccuracy * report.images))}` : '';
  return `${grouped(report.right)} of ${grouped(report.images)} test images right${own}; ${sizeOf(content)}, converted in ${report.seconds.toFixed(1)} s by Keras ${report.version}`;
}

/** The result of the run where it can be read: only the words about the file depend on it. */
function resultOf(folder: RunFolder): RunResult | undefined {
  try {
    return folder.readResult();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function sizeOf({ length }: Uint8Array): string {
  return length < 1e6 ? `${Math.ceil(length / 1000)} kB` : formatBytes(length);
}
