/**
 * The trained network of a run on its whole test split, in every framework that its files are for: how many images each has right, how
 * many predictions differ from those of the first, and how far its logits are. `npm run bench:frameworks -- RUN`; the Pythons are
 * those of the tests.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '../src/backend/load';
import { encodeOnnx } from '../src/export/onnx';
import { convert, convertedFormats } from '../src/export/python';
import { encodeStateDict } from '../src/export/pytorch';
import { encodeGraphModel } from '../src/export/tfjs';
import { pytorch } from '../src/generate/pytorch';
import { typescript } from '../src/generate/typescript';
import { loadJobData } from '../src/job/data';
import { readWeights } from '../src/job/weights';
import { createFoundNetwork } from '../src/network/engines';
import { prepareEngine } from '../src/job/engine';
import { GeneratedNetwork } from '../src/proof/generatedNetwork';
import { RunFolder } from '../src/runs/runFolder';
import { defaultThreads } from '../src/threads';
import { encodeWeights } from '../src/weights/file';
import { loadGraphModel } from '../test/support/graphModel';
import { pythonWith } from '../test/generated/pythons';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Name the folder of a finished run: npm run bench:frameworks -- RUN');
const run = RunFolder.open(path);
const { file, plan, ...trained } = readWeights(run);
const { config, configFolder } = run.run;
const packedFolder = join(__dirname, '../data');
const { classes, input } = file.network;

interface Row {
  readonly name: string;
  readonly logits: Float32Array;
}

function argmax(logits: Float32Array, image: number): number {
  const own = logits.subarray(image * classes, (image + 1) * classes);
  return own.indexOf(Math.max(...own));
}

async function main(): Promise<void> {
  const data = (await loadJobData(config, { configFolder, packedFolder })).training('frameworks');
  const batches = [...data.testBatches()];
  const labels = batches.flatMap(({ labels: own }) => Array.from(own));
  const rows: Row[] = [];
  const joined = (name: string, parts: readonly Float32Array[]) => {
    rows.push({ name, logits: Float32Array.from(parts.flatMap((part) => Array.from(part))) });
  };

  const engine = await prepareEngine({ choice: 'auto', threads: defaultThreads(), plans: [plan] });
  const network = createFoundNetwork(plan, engine);
  network.restoreStatistics({ statistics: trained.statistics });
  const own: Float32Array[] = [];
  for (const batch of batches)
    own.push(Float32Array.from((await network.evaluate(batch, trained.weights)).logits));
  joined(engine.description, own);
  network.dispose();

  for (const backend of ['tensorflow', 'wasm'] as const) {
    const { name, version } = await loadBackend(backend, { threads: 1 });
    const code = new GeneratedNetwork(typescript.generate(file), Buffer.concat(encodeWeights(file, trained)));
    const fromCode: Float32Array[] = [];
    for (const { images, shape } of batches) fromCode.push(await code.predict(images, shape));
    joined(`Generated TypeScript, TensorFlow.js on ${name} ${version}`, fromCode);
    const graph = await loadGraphModel(encodeGraphModel(file, trained));
    joined(
      `Graph model, TensorFlow.js on ${name} ${version}`,
      batches.map(({ images, shape }) =>
        tf.tidy(
          () =>
            (graph.predict(tf.tensor(images, [...shape])) as tf.Tensor).dataSync().slice() as Float32Array,
        ),
      ),
    );
  }

  const folder = mkdtempSync(join(tmpdir(), 'nas-frameworks-'));
  try {
    const at = (name: string): string => join(folder, name);
    const pythons = { keras: await pythonWith('keras'), torch: await pythonWith('torch') };
    writeFileSync(
      at('test.f32'),
      Buffer.concat(
        batches.map(({ images }) => Buffer.from(images.buffer, images.byteOffset, images.byteLength)),
      ),
    );
    writeFileSync(at('network.onnx'), encodeOnnx(file, trained));
    writeFileSync(at('network.safetensors'), Buffer.concat(encodeStateDict(file, trained)));
    writeFileSync(at('network.py'), pytorch.generate(file));
    for (const [kind, python, weights] of [
      ['onnx', pythons.keras, 'network.onnx'],
      ['torch', pythons.torch, 'network.safetensors'],
    ] as const) {
      const size = [input.height, input.width, input.channels].map(String);
      const args = [
        join(__dirname, 'frameworks.py'),
        kind,
        at('network.py'),
        at(weights),
        at('test.f32'),
        ...size,
      ];
      const out = execFileSync(python, args, {
        encoding: 'utf8',
        maxBuffer: 1 << 29,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const { version, logits } = JSON.parse(out.trim().split('\n').at(-1)!) as {
        version: string;
        logits: number[][];
      };
      joined(version, [Float32Array.from(logits.flat())]);
    }
    const first = rows[0]!.logits;
    console.log(`${run.run.name}: ${labels.length} test images`);
    console.log('| computed by | right | predictions that differ | largest difference of logits |');
    console.log('| --- | --- | --- | --- |');
    for (const { name, logits } of rows) {
      const right = labels.filter((label, i) => argmax(logits, i) === label).length;
      const differing = labels.filter((_, i) => argmax(logits, i) !== argmax(first, i)).length;
      const distance = logits.reduce((most, value, i) => Math.max(most, Math.abs(value - first[i]!)), 0);
      console.log(`| ${name} | ${right} | ${differing} | ${distance.toExponential(1)} |`);
    }
    for (const format of convertedFormats) {
      const source = { training: () => data.plainBatches(), test: () => data.testBatches() };
      const { report } = await convert(format, file, trained, {}, source, {
        python: pythons.keras,
        threads: defaultThreads(),
      });
      console.log(
        `| ${format.title}, ${format.id === 'keras' ? `Keras ${report.version}` : 'its interpreter'} | ${report.right} | | |`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
