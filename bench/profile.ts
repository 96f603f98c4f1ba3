/**
 * Where the time of a weights step of the fused engine goes: kernel by kernel, and what is no kernel:
 * `npm run bench:profile [-- --channels 16 --cells 8 --batch 64 --partial 1 --threads 2 --rounds 5]`.
 */
import assert from 'node:assert/strict';
import { availableParallelism, cpus } from 'node:os';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { Engine, modelOf, type Request } from '../src/network/fused/engine';
import { kernels } from '../src/network/fused/machine/machine';
import type { NetworkProgram } from '../src/network/fused/writeProgram';
import { Sgd } from '../src/network/optimizers';
import { Random } from '../src/random';
import { hollow, segmentsOf } from './profile/instructions';
import { timeKernels, type Kernels, type KernelTime } from './profile/kernels';
import { dartsPlan, median, smallSize, startOf } from './support/darts';

const { values: options } = parseArgs({
  options: {
    channels: { type: 'string', default: '16' },
    cells: { type: 'string', default: '8' },
    batch: { type: 'string', default: '64' },
    partial: { type: 'string', default: '1' },
    threads: { type: 'string', default: `${availableParallelism()}` },
    rounds: { type: 'string', default: '5' },
  },
});
const number = (name: keyof typeof options): number => Number(options[name]);
const [channels, cells, batch] = [number('channels'), number('cells'), number('batch')];
const [partial, threads, rounds] = [number('partial'), number('threads'), number('rounds')];

const request: Request = {
  wanted: { weights: true, mixtures: false, inference: false },
  pattern: 'all',
  active: () => () => true,
  gated: false,
};
const optimizer = {
  learningRate: 0.025,
  minLearningRate: 0,
  momentum: 0.9,
  weightDecay: 3e-4,
  gradientClip: 5,
};

const plan = dartsPlan({ ...smallSize, channels, cells, batch, partial });
const start = startOf(plan, batch);
const engine = new Engine(plan, threads);
const random = Random.fromSeed(2, 'bench');
const mixtures = Array.from({ length: engine.mixtureCount }, () => 0.1 + random.uniform());
/** As the engine's own, which it keeps to itself: their addresses are the same. */
const { store } = modelOf(engine.structure);
const sgd = new Sgd(start.weights.slice(), optimizer);

/** Milliseconds. */
type Times = Record<string, number[]>;

async function timed<T>(times: Times, name: string, work: () => T | Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work();
  (times[name] ??= []).push(performance.now() - begin);
  return result;
}

function prepare(): NetworkProgram {
  return engine.prepare(start.batch, start.weights, mixtures, request);
}

/** One step on all threads, its parts one by one; and two of those parts again, in smaller ones. */
async function step(times: Times): Promise<Float32Array> {
  const { encoded } = await timed(times, 'prepare', prepare);
  await timed(times, 'run', () => engine.machine.run(encoded));
  const gradient = await timed(times, 'gradient', () => engine.weightGradient());
  await timed(times, 'sgd', () => sgd.apply(gradient, 0.025));
  const { floats } = engine.machine;
  await timed(times, 'weights', () => store.write(start.weights, floats));
  await timed(times, 'clear', () => store.clearGradient(floats));
  return gradient;
}

type Exports = Kernels & {
  run(program: number, thread: number, threads: number, batch: number): void;
};

/** The same step on this thread, kernel by kernel. */
function profile(exports: Exports, gradient: Float32Array): Map<string, KernelTime> {
  const result = timeKernels(prepare().encoded, exports);
  assert.ok(
    isDeepStrictEqual(engine.weightGradient(), gradient),
    'The kernels gave another gradient one by one.',
  );
  return result;
}

/**
 * The program on all threads but without work for its kernels, which leaves the interpreter, barriers, waking up and
 * reporting; and on this thread alone with and without.
 */
async function dispatch(times: Times, { run }: Exports): Promise<void> {
  const { encoded } = prepare();
  const { integers } = engine.machine;
  const alone = (): void => run(encoded.address, 0, 1, batch);
  await timed(times, 'one thread', alone);
  integers.set(hollow(encoded), encoded.address / 4);
  await timed(times, 'one thread, hollow', alone);
  await timed(times, 'hollow', () => engine.machine.run(encoded));
  integers.set(encoded.words, encoded.address / 4);
}

function sum(times: Map<string, KernelTime>): number {
  return [...times.values()].reduce((total, { milliseconds }) => total + milliseconds, 0);
}

function printKernels(times: Map<string, KernelTime>): void {
  const total = sum(times);
  console.log(
    'Kernels, called one by one from JavaScript on one thread (padded channels count as multiply–adds):',
  );
  console.log(
    `${'kernel'.padEnd(30)}${'ms'.padStart(9)}${'share'.padStart(9)}${'calls'.padStart(9)}   GMAC/s`,
  );
  const rows = [...times].sort(([, a], [, b]) => b.milliseconds - a.milliseconds);
  for (const [name, { milliseconds, calls, products }] of rows) {
    const share = `${((100 * milliseconds) / total).toFixed(1)} %`;
    const speed = products > 0 ? (products / milliseconds / 1e6).toFixed(1).padStart(9) : '';
    console.log(
      `${name.padEnd(30)}${milliseconds.toFixed(1).padStart(9)}${share.padStart(9)}${`${calls}`.padStart(9)}${speed}`,
    );
  }
  const multiplying = rows.map(([, time]) => time).filter(({ products }) => products > 0);
  const products = multiplying.reduce((all, time) => all + time.products, 0);
  const busy = multiplying.reduce((all, time) => all + time.milliseconds, 0);
  console.log(
    `All ${total.toFixed(0)} ms; those that multiply ${busy.toFixed(0)} ms at ${(products / busy / 1e6).toFixed(1)} GMAC/s.\n`,
  );
}

function printStep(times: Times): void {
  const middle = (name: string): number => median(times[name]!);
  const javaScript = middle('prepare') + middle('gradient') + middle('sgd');
  const step = javaScript + middle('run');
  const line = (text: string, milliseconds: number, indent = 2): void => {
    const share = ((100 * milliseconds) / step).toFixed(1);
    console.log(
      `${' '.repeat(indent)}${text.padEnd(72 - indent)}${milliseconds.toFixed(1).padStart(9)} ms${share.padStart(7)} %`,
    );
  };
  console.log(`The step on ${threads} threads (medians of ${rounds}):`);
  line('step', step);
  line('JavaScript, other threads idle', javaScript, 4);
  line('writing the weights in', middle('weights'), 6);
  line('clearing their gradient', middle('clear'), 6);
  line('feeding the batch and the mixture', middle('prepare') - middle('weights') - middle('clear'), 6);
  line('reading the gradient', middle('gradient'), 6);
  line('SGD: clipping, momentum, weight decay', middle('sgd'), 6);
  line('dispatch: the program with nothing for its kernels to do', middle('hollow'), 4);
  const working = (middle('one thread') - middle('one thread, hollow')) / threads;
  line(`kernels: the program on one thread without its dispatch, over ${threads}`, working, 4);
  const rest = middle('run') - middle('hollow') - working;
  line('rest: waiting for the last thread at barriers, shared cache and memory', rest, 4);
  line('JavaScript and dispatch together', javaScript + middle('hollow'));
  const once = middle('one thread');
  console.log(
    `\nThe program on one thread takes ${once.toFixed(0)} ms, ${(once / middle('run')).toFixed(2)} times as long as on ${threads}.`,
  );
}

async function main(): Promise<void> {
  await engine.machine.started();
  const begin = performance.now();
  const { encoded } = prepare();
  const written = performance.now() - begin;
  const segments = segmentsOf(encoded);
  const instructions = segments.reduce((n, { lists }) => n + lists.flat().length, 0);
  const form = partial === 1 ? 'DARTS' : `PC-DARTS, K ${partial}`;
  console.log(`${form}, C ${channels}, ${cells} cells, batch ${batch}. ${cpus()[0]!.model}.`);
  console.log(
    `Program: ${segments.length} segments, ${instructions} instructions, ${(encoded.words.length / 2 ** 18).toFixed(1)} MB, written once in ${written.toFixed(0)} ms.`,
  );
  const exports = new WebAssembly.Instance(kernels(), { env: { memory: engine.machine.memory } })
    .exports as Exports;
  const gradient = await step({});
  console.log(`Memory of the engine: ${Math.round(engine.memory / 1e6)} MB.\n`);
  await dispatch({}, exports);
  profile(exports, gradient);
  const times: Times = {};
  const profiles: Map<string, KernelTime>[] = [];
  for (let round = 0; round < rounds; round++) {
    await step(times);
    await dispatch(times, exports);
    profiles.push(profile(exports, gradient));
  }
  const middle = profiles.sort((a, b) => sum(a) - sum(b))[Math.floor(rounds / 2)]!;
  printKernels(middle);
  printStep(times);
  engine.dispose();
}

void main();
