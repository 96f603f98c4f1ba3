/**
 * Export of a network of 3.35 million parameters (DARTS_V2 for CIFAR-10): milliseconds for each format that needs no Python, the first
 * time and later. Then, in Chromium, on one thread: how long generated TypeScript with its weights takes to the first prediction, and
 * for each prediction after it, beside onnxruntime-web with the ONNX file, in turns. `npm run bench:export [-- --no-browser]`;
 * onnxruntime-web is installed into a temporary folder.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { chromium, type LaunchOptions } from 'playwright-core';
import { exportFormats } from '../src/export/formats';
import { typescript } from '../src/generate/typescript';
import { structureOf } from '../src/network/structure';
import { Random } from '../src/random';
import { planNetwork } from '../src/space/network';
import { importPublished } from '../src/published';
import { dartsV2 } from '../test/support/published';
import { encodeWeights } from '../src/weights/file';
import { median } from './support/darts';

const onnxruntime = 'onnxruntime-web@1.30.0';
const rounds = 5;

const file = importPublished(dartsV2, 'DARTS_V2', { tool: 'bench' });
const { layout, batchNorms } = structureOf(planNetwork(file.genotype, file.network));
const channels = batchNorms.reduce((sum, count) => sum + count, 0);
const trained = {
  weights: layout.initialize(Random.fromSeed(1, 'bench')),
  statistics: new Float32Array(2 * channels).fill(1, channels),
};

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function benchFormats(): void {
  console.log(`${layout.size.toLocaleString('en-US')} parameters`);
  for (const format of exportFormats) {
    const encode = () => timed(() => format.encode(file, trained, {}));
    const first = encode();
    const later = median(Array.from({ length: rounds }, encode));
    console.log(`${format.title}: ${first.toFixed(0)} ms the first time, ${later.toFixed(0)} ms later`);
  }
}

interface Timing {
  /** Milliseconds from nothing to the first prediction. */
  readonly first: number;
  /** Milliseconds a prediction. */
  readonly each: number;
}

const measure = `
async function measure(start, predict) {
  const began = performance.now();
  const ready = await start();
  await predict(ready);
  const first = performance.now() - began;
  const times = [];
  for (let i = 0; i < 20; i++) {
    const before = performance.now();
    await predict(ready);
    times.push(performance.now() - before);
  }
  return { first, each: times.sort((a, b) => a - b)[10] };
}`;

async function benchBrowser(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nas-bench-export-'));
  const at = (name: string): string => join(folder, name);
  try {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, onnxruntime]);
    const ort = at('node_modules/onnxruntime-web/dist');
    for (const name of readdirSync(ort))
      if (/\.(wasm|mjs)$/.test(name)) copyFileSync(join(ort, name), at(name));
    const wasm = join(__dirname, '../node_modules/@tensorflow/tfjs-backend-wasm/dist');
    for (const name of readdirSync(wasm))
      if (name.endsWith('.wasm')) copyFileSync(join(wasm, name), at(name));
    writeFileSync(at('network.ts'), typescript.generate(file));
    writeFileSync(at('weights.safetensors'), Buffer.concat(encodeWeights(file, trained)));
    writeFileSync(
      at('network.onnx'),
      Buffer.concat(exportFormats[0]!.encode(file, trained, {}).pieces as Buffer[]),
    );
    writeFileSync(
      at('page.ts'),
      `import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { buildModel, loadWeights } from './network';
${measure}
window.bench = () => measure(async () => {
  setWasmPaths('/');
  setThreadsCount(1);
  await tf.setBackend('wasm');
  const model = buildModel();
  loadWeights(model, new Uint8Array(await (await fetch('weights.safetensors')).arrayBuffer()));
  return model;
}, async (model) => {
  const images = tf.zeros([1, 32, 32, 3]);
  const logits = model.predict(images);
  await logits.data();
  tf.dispose([images, logits]);
});`,
    );
    await build({
      entryPoints: [at('page.ts')],
      outfile: at('page.js'),
      bundle: true,
      format: 'iife',
      logLevel: 'error',
      nodePaths: [join(__dirname, '../node_modules')],
    });
    writeFileSync(at('tfjs.html'), '<script src="page.js"></script>');
    writeFileSync(
      at('ort.html'),
      `<script type="module">
import * as ort from './ort.wasm.min.mjs';
ort.env.wasm.numThreads = 1;
${measure}
window.bench = () => measure(() => ort.InferenceSession.create('network.onnx'), async (session) => {
  const images = new ort.Tensor('float32', new Float32Array(3 * 32 * 32), [1, 3, 32, 32]);
  const { logits } = await session.run({ images });
  return logits.data[0];
});
</script>`,
    );
    const types: Readonly<Record<string, string>> = {
      '.html': 'text/html',
      '.js': 'text/javascript',
      '.mjs': 'text/javascript',
      '.wasm': 'application/wasm',
    };
    const server = createServer(({ url = '/' }, response) => {
      const name = url.slice(1).split('?')[0]!;
      try {
        const body = readFileSync(at(name));
        response
          .writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream' })
          .end(body);
      } catch {
        response.writeHead(404).end();
      }
    }).listen(0, '127.0.0.1');
    const place = pathToFileURL(join(__dirname, '../scripts/vscode/install.mjs')).href;
    const { ensureChromium } = (await import(place)) as { ensureChromium: () => Promise<LaunchOptions> };
    const browser = await chromium.launch(await ensureChromium());
    try {
      const { port } = server.address() as AddressInfo;
      const results: Record<string, Timing[]> = { 'tfjs.html': [], 'ort.html': [] };
      for (let round = 0; round < rounds; round++) {
        for (const [name, timings] of Object.entries(results)) {
          const page = await browser.newPage();
          await page.goto(`http://127.0.0.1:${port}/${name}`);
          await page.waitForFunction('"bench" in window');
          timings.push(await page.evaluate<Timing>('bench()'));
          await page.close();
        }
      }
      const of = (name: string, key: keyof Timing): number =>
        median(results[name]!.map((timing) => timing[key]));
      for (const [key, words] of [
        ['first', 'from nothing to the first prediction'],
        ['each', 'each prediction after it'],
      ] as const) {
        const [own, peer] = [of('tfjs.html', key), of('ort.html', key)];
        console.log(
          `${words}: generated TypeScript ${own.toFixed(0)} ms, ${onnxruntime} ${peer.toFixed(0)} ms, ${(own / peer).toFixed(2)} times`,
        );
      }
    } finally {
      await browser.close();
      server.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  benchFormats();
  if (!process.argv.includes('--no-browser')) await benchBrowser();
}

void main();
