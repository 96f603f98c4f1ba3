/**
 * Pictures a second from JPEGs of 256 to 500 pixels to 64 × 64: torchvision with two workers, Keras, and this program at its first and
 * second start, each in a process of its own, in turns: `npm run bench:data [-- --python PROGRAM --pictures N --rounds N]`. What a run has to wait
 * for is measured beside it: pictures that are read, and compared in search of copies. With `--small` the pictures are PNGs of 32 × 32, read as they are.
 * The Python needs torchvision, keras with a backend, pillow, scikit-image and scikit-learn. With `--large` the memory that sets of 614 MB
 * and of 4.3 GB take instead: 50,000 pictures of 64 × 64 × 3, and 22,000 of 256 × 256 × 3, each read twice and then an epoch long.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BatchIterator } from '../src/data/batches';
import type { ImageSet } from '../src/data/dataSet';
import { knownDuplicates, knownDuplicatesFolder } from '../src/data/duplicates/known';
import { measureNormalization } from '../src/data/normalization';
import { loadDataSet } from '../src/data/registry';
import { Random } from '../src/random';
import { median } from './support/darts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    pictures: { type: 'string', default: '8000' },
    rounds: { type: 'string', default: '3' },
    large: { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
    /** Pixels of a side to which the pictures are fitted. */
    side: { type: 'string', default: '64' },
    /** Whether an epoch of batches is read as well. */
    epoch: { type: 'boolean', default: false },
    /** The folder whose `photographs` this process loads, rather than to measure others. */
    load: { type: 'string' },
  },
});

interface Loaded {
  /** Pictures a second that are read. */
  readonly speed: number;
  /** Pictures a second that are read, and known to be copies or not. */
  readonly compared: number;
  /** Seconds of the epoch. */
  readonly epoch?: number;
  /** Most that the process held, bytes. */
  readonly resident: number;
}

/** One shuffled epoch of batches of 64. @returns seconds */
function readEpoch(set: ImageSet): number {
  const start = performance.now();
  const indices = Int32Array.from({ length: set.count }, (_, i) => i);
  const normalization = measureNormalization(set, indices);
  const random = Random.fromSeed(1, 'bench');
  const batches = new BatchIterator({ set, indices, batchSize: 64, normalization, random });
  while (!batches.next().epochEnd);
  return (performance.now() - start) / 1000;
}

async function load(folder: string): Promise<Loaded> {
  const cacheFolder = path.join(folder, 'cache');
  const start = performance.now();
  const sets = await loadDataSet(
    {
      set: 'folder',
      path: 'photographs',
      testShare: 0.2,
      maxBroken: 0.05,
      imageSize: Number(options.side),
      fit: 'crop',
    },
    { configFolder: folder, cacheFolder, seed: 1 },
  );
  const { train, test } = sets;
  const perSecond = () => ((train.count + test.count) / (performance.now() - start)) * 1000;
  const speed = perSecond();
  await knownDuplicates(sets, knownDuplicatesFolder(cacheFolder));
  const compared = perSecond();
  const epoch = options.epoch ? readEpoch(train) : undefined;
  return { speed, compared, epoch, resident: 1024 * process.resourceUsage().maxRSS };
}

function peer(...words: string[]) {
  const script = path.join(__dirname, 'data', 'peers.py');
  return spawnSync(options.python, [script, ...words], { encoding: 'utf8' });
}

function peerSpeed(name: string, photographs: string, side: string): number {
  const { status, stdout, stderr } = peer(name, photographs, side);
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as number;
}

function ourSpeed(folder: string, ...more: string[]): Loaded {
  const args = [...process.execArgv, __filename, '--load', folder, ...more];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Loaded;
}

function compare(folder: string): void {
  const photographs = path.join(folder, 'photographs');
  const side = options.small ? '32' : options.side;
  const made = peer('photographs', photographs, options.pictures, ...(options.small ? [side, 'png'] : []));
  if (made.status !== 0) throw new Error(made.stderr);
  const speeds: Record<string, number[]> = {};
  const add = (name: string, speed: number): void => void (speeds[name] ??= []).push(speed);
  const resident: number[] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const name of ['torchvision', 'keras']) add(name, peerSpeed(name, photographs, side));
    rmSync(path.join(folder, 'cache'), { recursive: true, force: true });
    const [first, second] = [ourSpeed(folder, '--side', side), ourSpeed(folder, '--side', side)];
    add('first start', first.speed);
    add('second start', second.speed);
    add('first start, compared', first.compared);
    add('second start, compared', second.compared);
    resident.push(first.resident);
  }
  const base = median(speeds['torchvision']!);
  console.log(`${options.pictures} pictures, medians of ${options.rounds} rounds`);
  console.log('| reader | pictures a second | against torchvision |');
  console.log('| --- | --- | --- |');
  for (const [name, found] of Object.entries(speeds)) {
    console.log(`| ${name} | ${median(found).toFixed(0)} | ${(median(found) / base).toFixed(2)}× |`);
  }
  for (const compared of ['', ', compared']) {
    const gain = median(speeds[`second start${compared}`]!) / median(speeds[`first start${compared}`]!);
    console.log(`Second start${compared}: ${gain.toFixed(1)} times as fast as the first.`);
  }
  console.log(`Peak memory of the first start: ${(median(resident) / 1e6).toFixed(0)} MB.`);
}

function measureLarge(folder: string): void {
  console.log('| pictures | pixels | decoded | start | pictures a second | epoch | peak memory |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const { count, side } of [
    { count: 50_000, side: 64 },
    { count: 22_000, side: 256 },
  ]) {
    const made = peer('photographs', path.join(folder, 'photographs'), `${count}`, `${side}`);
    if (made.status !== 0) throw new Error(made.stderr);
    for (const start of ['first', 'second']) {
      const { speed, epoch, resident } = ourSpeed(folder, '--side', `${side}`, '--epoch');
      const [decoded, held] = [count * side * side * 3, resident].map((bytes) => (bytes / 1e6).toFixed(0));
      console.log(
        `| ${count} | ${side} × ${side} × 3 | ${decoded} MB | ${start} | ${speed.toFixed(0)} | ${epoch!.toFixed(1)} s | ${held} MB |`,
      );
    }
    for (const part of ['photographs', 'cache']) rmSync(path.join(folder, part), { recursive: true });
  }
}

async function main(): Promise<void> {
  if (options.load !== undefined) {
    console.log(JSON.stringify(await load(options.load)));
    return;
  }
  const { status, stderr, error } = peer('check');
  if (status !== 0) {
    const reason = error?.message ?? stderr.trim().split('\n').at(-1);
    console.log(`Skipped: ${options.python} lacks what is measured against (${reason}).`);
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'nas-bench-data-'));
  try {
    if (options.large) measureLarge(folder);
    else compare(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
