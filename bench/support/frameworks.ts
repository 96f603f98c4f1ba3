/** Trained networks on the same images in all that their files are for. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '../../src/backend/load';
import { encodeOnnx } from '../../src/export/onnx';
import { encodeStateDict } from '../../src/export/pytorch';
import { encodeGraphModel } from '../../src/export/tfjs';
import { keras } from '../../src/generate/keras';
import { pytorch } from '../../src/generate/pytorch';
import { typescript } from '../../src/generate/typescript';
import { prepareEngine } from '../../src/job/engine';
import type { ArrayBatch } from '../../src/network/batch';
import { createFoundNetwork } from '../../src/network/engines';
import type { TrainedWeights } from '../../src/network/trainedWeights';
import { GeneratedNetwork } from '../../src/proof/generatedNetwork';
import type { GenotypeFile } from '../../src/space/genotype';
import { planNetwork } from '../../src/space/network';
import { defaultThreads } from '../../src/threads';
import { encodeWeights } from '../../src/weights/file';
import { pythonWith } from '../../test/generated/pythons';
import { loadGraphModel } from '../../test/support/graphModel';

export interface StoredFile {
  readonly file: GenotypeFile;
  readonly trained: TrainedWeights;
}

/** What one framework computes of all networks. */
export interface Computed {
  readonly name: string;
  /** Of each network: [images, classes]. */
  readonly logits: readonly Float32Array[];
  /** As it counts them itself, where it does. */
  readonly parameters?: readonly number[];
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * The engine first, then TensorFlow.js natively and on WebAssembly, ONNX Runtime, PyTorch and Keras; Keras on JAX as well where
 * `NAS_JAX_PYTHON` names a Python with `keras`, `jax` and `safetensors`.
 * @param networks for images of one size
 */
export async function computeEverywhere(
  networks: readonly StoredFile[],
  batches: readonly ArrayBatch[],
): Promise<Computed[]> {
  const rows = [await onEngine(networks, batches)];
  for (const backend of ['tensorflow', 'wasm'] as const) {
    const { name, version } = await loadBackend(backend, { threads: 1 });
    rows.push({
      name: `Generated TypeScript, TensorFlow.js on ${name} ${version}`,
      logits: await each(networks, async ({ file, trained }) => {
        const code = new GeneratedNetwork(
          typescript.generate(file),
          Buffer.concat(encodeWeights(file, trained)),
        );
        return joined(await each(batches, ({ images, shape }) => code.predict(images, shape)));
      }),
    });
    rows.push({
      name: `Graph model, TensorFlow.js on ${name} ${version}`,
      logits: await each(networks, async ({ file, trained }) => {
        const graph = await loadGraphModel(encodeGraphModel(file, trained));
        const predict = ({ images, shape }: ArrayBatch): Float32Array =>
          tf.tidy(() => {
            const logits = graph.predict(tf.tensor(images, [...shape])) as tf.Tensor;
            return logits.dataSync().slice() as Float32Array;
          });
        const all = joined(batches.map(predict));
        graph.dispose();
        return all;
      }),
    });
  }
  return [...rows, ...(await inPython(networks, batches))];
}

async function onEngine(networks: readonly StoredFile[], batches: readonly ArrayBatch[]): Promise<Computed> {
  const plans = networks.map(({ file }) => planNetwork(file.genotype, file.network));
  const engine = await prepareEngine({ choice: 'auto', threads: defaultThreads(), plans });
  const logits = await each(networks, async ({ trained }, i) => {
    const network = createFoundNetwork(plans[i]!, engine);
    network.restoreStatistics({ statistics: trained.statistics });
    const parts = await each(
      batches,
      async (batch) => (await network.evaluate(batch, trained.weights)).logits,
    );
    network.dispose();
    return joined(parts);
  });
  return { name: engine.description, logits };
}

/** One after the other, as a backend takes them. */
async function each<T, R>(
  values: readonly T[],
  compute: (value: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const [index, value] of values.entries()) results.push(await compute(value, index));
  return results;
}

async function inPython(
  networks: readonly StoredFile[],
  batches: readonly ArrayBatch[],
): Promise<Computed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nas-frameworks-'));
  try {
    const at = (name: string): string => join(folder, name);
    const bytes = ({ images }: ArrayBatch) =>
      Buffer.from(images.buffer, images.byteOffset, images.byteLength);
    writeFileSync(at('images.f32'), Buffer.concat(batches.map(bytes)));
    networks.forEach(({ file, trained }, n) => {
      writeFileSync(at(`${n}.onnx`), encodeOnnx(file, trained));
      writeFileSync(at(`${n}.safetensors`), Buffer.concat(encodeWeights(file, trained)));
      writeFileSync(at(`${n}_keras.py`), keras.generate(file));
      writeFileSync(at(`${n}_torch.safetensors`), Buffer.concat(encodeStateDict(file, trained)));
      writeFileSync(at(`${n}_torch.py`), pytorch.generate(file));
    });
    const { height, width, channels } = networks[0]!.file.network.input;
    const size = [networks.length, height, width, channels].map(String);
    const own = await pythonWith('keras');
    const jax = process.env['NAS_JAX_PYTHON'];
    const runs = [
      ['onnx', own, 'tensorflow'],
      ['torch', await pythonWith('torch'), 'tensorflow'],
      ['keras', own, 'tensorflow'],
      ...(jax ? ([['keras', jax, 'jax']] as const) : []),
    ] as const;
    if (!jax) console.error('Without Keras on JAX: NAS_JAX_PYTHON names no Python.');
    return runs.map(([kind, python, backend]) => {
      const out = execFileSync(python, [join(__dirname, '../frameworks.py'), kind, folder, ...size], {
        encoding: 'utf8',
        env: { ...process.env, KERAS_BACKEND: backend, TF_CPP_MIN_LOG_LEVEL: '3' },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const { version, parameters } = JSON.parse(out.trim().split('\n').at(-1)!) as {
        version: string;
        parameters: (number | null)[];
      };
      const logits = networks.map((_, n) => {
        const { buffer, byteOffset, length } = readFileSync(at(`${n}.${kind}.f32`));
        return new Float32Array(buffer.slice(byteOffset, byteOffset + length));
      });
      const counts = parameters.filter((count) => count !== null);
      return { name: version, logits, ...(counts.length > 0 && { parameters: counts }) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The class of an image's largest logit. */
export function predictedClass(logits: Float32Array, image: number, classes: number): number {
  const own = logits.subarray(image * classes, (image + 1) * classes);
  return own.indexOf(Math.max(...own));
}

/** Largest difference of two networks' logits. */
export function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
