/** Files that Keras and TensorFlow make in Python, from generated Keras code and the trained weights. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { builtFile } from '../../builtFile';
import { UserError } from '../../errors';
import { keras as kerasCode } from '../../generate/keras';
import type { ArrayBatch } from '../../network/batch';
import type { TrainedWeights } from '../../network/trainedWeights';
import { normalizationOf, type GenotypeFile } from '../../space/genotype';
import { encodeWeights } from '../../weights/file';
import type { GraphOptions } from '../graphWriter';
import { absoluteOf } from './find';
import type { ConvertedFormat } from './formats';

export { convertedFormats, type ConvertedFormat } from './formats';

export interface ConversionData {
  /** Images of the training split as they are, normalized; as many of them are taken as calibrate. */
  training(): Iterable<ArrayBatch>;
  /** The test split. */
  test(): Iterable<ArrayBatch>;
}

export interface ConversionContext {
  readonly python: string;
  readonly threads: number;
  readonly signal?: AbortSignal;
  onStep?(step: string): void;
}

const reportSchema = z.object({
  images: z.number(),
  /** Of the test images, how many the file classifies rightly. */
  right: z.number(),
  /** Of the conversion alone. */
  seconds: z.number(),
  /** Of Keras. */
  version: z.string(),
});
export type ConversionReport = z.infer<typeof reportSchema>;

const lineSchema = z.union([z.object({ step: z.string() }), z.object({ done: reportSchema })]);

/** Images that tell the ranges of activations; TensorFlow's guide asks for a hundred to a few hundred. */
const calibrationImages = 200;

/**
 * The bytes of the file, and how it does on the test split.
 * @throws UserError when Python or what it is asked for fails, with code `cancelled` when the signal was raised
 */
export async function convert(
  format: ConvertedFormat,
  file: GenotypeFile,
  trained: TrainedWeights,
  options: GraphOptions,
  data: ConversionData,
  context: ConversionContext,
): Promise<{ readonly content: Uint8Array; readonly report: ConversionReport }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nas-export-'));
  const at = (name: string): string => path.join(folder, name);
  try {
    const { height, width, channels } = file.network.input;
    writeFileSync(at('network.py'), kerasCode.generate(file));
    writeFileSync(at('weights.safetensors'), Buffer.concat(encodeWeights(file, trained)));
    const job = {
      ...{ code: at('network.py'), weights: at('weights.safetensors'), out: at(format.fileName(file)) },
      ...{ format: format.id, shape: [height, width, channels], threads: context.threads },
      ...{ rawPixels: options.rawPixels ?? false, softmax: options.softmax ?? false },
      ...normalizationOf(file),
      test: writeImages(at('test.f32'), data.test()),
      ...(format.calibrates && {
        calibration: writeImages(at('calibration.f32'), data.training(), calibrationImages),
      }),
    };
    writeFileSync(at('job.json'), JSON.stringify(job));
    const report = await runScript(at('job.json'), context);
    return { content: readFileSync(job.out), report };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes images one after the other. @param limit of images */
function writeImages(
  name: string,
  batches: Iterable<ArrayBatch>,
  limit = Infinity,
): { readonly images: string; readonly labels: number[] } {
  const labels: number[] = [];
  const file = openSync(name, 'w');
  try {
    for (const { images, labels: own, shape } of batches) {
      const count = Math.min(shape[0], limit - labels.length);
      const values = images.subarray(0, (count * images.length) / shape[0]);
      writeSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      labels.push(...Array.from(own).slice(0, count));
      if (labels.length >= limit) break;
    }
  } finally {
    closeSync(file);
  }
  return { images: name, labels };
}

/** Characters of the script's error output that are kept for when it fails. */
const keptOutput = 4000;

function runScript(job: string, { python, signal, onStep }: ConversionContext): Promise<ConversionReport> {
  return new Promise((resolve, reject) => {
    const child = spawn(absoluteOf(python), ['-X', 'utf8', builtFile('convert.py'), job], {
      cwd: __dirname,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let report: ConversionReport | undefined;
    let said = '';
    let rest = '';
    const line = (text: string): void => {
      // Libraries print what they like.
      if (!text.startsWith('{')) return;
      const parsed = lineSchema.safeParse(parsedJson(text));
      if (!parsed.success) return;
      if ('step' in parsed.data) onStep?.(parsed.data.step);
      else report = parsed.data.done;
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      lines.forEach(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-keptOutput);
    });
    child.on('error', (error) =>
      reject(
        signal?.aborted
          ? new UserError('The export was cancelled.', undefined, 'cancelled')
          : new UserError(`${python} does not start: ${error.message}.`, 'Name another one with --python.'),
      ),
    );
    child.on('close', (code) => {
      line(rest);
      if (report && code === 0) return resolve(report);
      const reason = said.trim().split('\n').at(-1) ?? '';
      reject(
        new UserError(
          `Python could not make the file (code ${code}): ${reason}`,
          'Versions that are known to work: TensorFlow 2.21 with Keras 3.15; "nas setup --python" sets them up.',
          'conversion',
        ),
      );
    });
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
