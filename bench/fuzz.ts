/**
 * Damaged files for every reader of pictures, arrays and tables: `npm run fuzz [-- --count 20000 --seed N]`. Each is told of and loaded as
 * a config would have it, and has to be read or refused by an error that names the file and says why. Anything else that is thrown, more
 * than a second of the processors, or more memory than the limit makes the program end with 1; the file is then kept, and
 * `--reader NAME --first NUMBER --count 1` with the same seed reads it again.
 *
 * Time is that of all processors for the process, since a file may have to wait on a busy machine; a file beyond the limit is read once
 * more before it counts.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { dataSetNamed, loadDataSet } from '../src/data/registry';
import { UserError } from '../src/errors';
import { Random } from '../src/random';
import { damaged } from './fuzz/mutate';
import { readers, type Sample } from './fuzz/samples';
import { limits, type Watched } from './fuzz/watched';

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    /** One reader rather than all. */
    reader: { type: 'string' },
    /** Number of the first file of each. */
    first: { type: 'string', default: '0' },
  },
});
const seed = Number(options.seed);
const first = Number(options.first);
const folder = mkdtempSync(path.join(tmpdir(), 'nas-fuzz-'));
const kept = path.join(tmpdir(), 'nas-fuzz-kept');
const cacheFolder = path.join(folder, 'cache');

const watched: Watched = {
  file: new Int32Array(new SharedArrayBuffer(4)).fill(-1),
  peak: new Float64Array(new SharedArrayBuffer(8)),
};

type Outcome = { readonly kind: 'accepted' | 'rejected' } | { readonly kind: 'fault'; readonly text: string };

interface Tally {
  accepted: number;
  rejected: number;
  /** What is wrong, file by file. */
  readonly faults: string[];
  /** Milliseconds of the processors for the slowest file, and its number. */
  slowest: readonly [time: number, file: number];
  /** Bytes, and the number of the file at which they were held. */
  peak: readonly [bytes: number, file: number];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function write(file: string, bytes: Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** Whether an error is one that a person can go by. */
function outcomeOf(error: unknown, name: string): Outcome {
  if (!(error instanceof UserError)) return { kind: 'fault', text: `thrown: ${(error as Error).stack}` };
  const { message, hint } = error;
  const names = message.includes(name);
  if (names && hint && message.replace(name, '').length > 10) return { kind: 'rejected' };
  return { kind: 'fault', text: `an error that does not name the file, or no reason: ${message} ${hint}` };
}

/** Tells of a data set and loads it. */
async function read({ options: chosen, damaged: name }: Sample, place: string): Promise<Outcome> {
  const base = path.basename(name);
  let outcome: Outcome = { kind: 'accepted' };
  try {
    const entry = dataSetNamed(chosen.set);
    if ('readFacts' in entry) await entry.readFacts(chosen, place, 1);
  } catch (error) {
    outcome = outcomeOf(error, base);
  }
  if (outcome.kind === 'fault') return outcome;
  try {
    const context = { configFolder: place, cacheFolder, seed: 1 };
    const { leftOut = [] } = await loadDataSet(chosen, context);
    const left = leftOut.find((each) => each.name.endsWith(base));
    if (left && left.reason.length < 5)
      return { kind: 'fault', text: `left out for no reason: ${left.reason}` };
    return { kind: left ? 'rejected' : 'accepted' };
  } catch (error) {
    return outcomeOf(error, base);
  }
}

interface Timed {
  readonly outcome: Outcome;
  /** Milliseconds. */
  readonly processors: number;
  readonly wall: number;
}

async function timed(sample: Sample, place: string): Promise<Timed> {
  const [before, start] = [process.cpuUsage(), performance.now()];
  const outcome = await read(sample, place);
  const { user, system } = process.cpuUsage(before);
  return { outcome, processors: (user + system) / 1000, wall: performance.now() - start };
}

function isSlow({ processors, wall }: Timed): boolean {
  return processors > limits.hang || wall > limits.wait;
}

async function fuzzReader(reader: string, count: number): Promise<Tally> {
  const samples = readers[reader]!;
  const places = samples.map((_, i) => path.join(folder, `${reader}-${i}`));
  const tally: Tally = { accepted: 0, rejected: 0, faults: [], slowest: [0, 0], peak: [0, 0] };
  // Sound files first: they have to be read, and what is started once is started.
  for (const [i, sample] of samples.entries()) {
    for (const [name, bytes] of Object.entries(sample.files)) write(path.join(places[i]!, name), bytes);
    const { files, damaged: name, pack } = sample;
    if (pack) write(path.join(places[i]!, name), pack(files[name]!));
    const outcome = await read(sample, places[i]!);
    if (outcome.kind !== 'accepted') {
      tally.faults.push(`${name} of sample ${i} is not read where it is sound: ${JSON.stringify(outcome)}`);
    }
  }
  watched.peak[0] = 0;
  for (let number = first; number < first + count; number++) {
    const random = Random.fromSeed(seed, `${reader} ${number}`);
    const at = random.integer(samples.length);
    const { files, damaged: name, pack } = samples[at]!;
    let bytes = damaged(files[name]!, random);
    if (pack) bytes = pack(bytes);
    write(path.join(places[at]!, name), bytes);
    Atomics.store(watched.file, 0, number);
    let result = await timed(samples[at]!, places[at]!);
    if (isSlow(result)) {
      // It has to be decoded anew.
      rmSync(cacheFolder, { recursive: true, force: true });
      result = await timed(samples[at]!, places[at]!);
    }
    Atomics.store(watched.file, 0, -1);
    if (result.processors > tally.slowest[0]) tally.slowest = [result.processors, number];
    if (watched.peak[0] > tally.peak[0]) tally.peak = [watched.peak[0], number];
    const faults = result.outcome.kind === 'fault' ? [result.outcome.text] : [];
    if (result.outcome.kind !== 'fault') tally[result.outcome.kind]++;
    const { processors, wall } = result;
    if (isSlow(result))
      faults.push(`${processors.toFixed(0)} ms of the processors, ${wall.toFixed(0)} ms by the clock`);
    for (const text of faults) {
      const copy = path.join(kept, `${reader}-${number}${path.extname(name)}`);
      write(copy, bytes);
      tally.faults.push(`--seed ${seed} --reader ${reader} --first ${number} (${copy}): ${text}`);
    }
  }
  const [bytes, number] = tally.peak;
  if (bytes > limits.memory)
    tally.faults.push(
      `--seed ${seed} --reader ${reader} --first ${number}: ${megabytes(bytes)} MB of memory`,
    );
  return tally;
}

async function main(): Promise<void> {
  // Node 20 takes no loader of TypeScript for the file of a thread.
  const program = JSON.stringify(path.join(__dirname, 'fuzz', 'watchdog.ts'));
  const start = `require('tsx/cjs'); require(${program});`;
  const watchdog = new Worker(start, { eval: true, execArgv: [], workerData: watched });
  const names = options.reader === undefined ? Object.keys(readers) : [options.reader];
  console.log(
    `${options.count} files, seed ${seed}. Limits: ${limits.hang} ms of the processors, ${limits.memory / 1e6} MB.`,
  );
  console.log('reader        files   read refused faults    slowest (file)     memory (file)');
  let faults = 0;
  const total = Number(options.count);
  for (const [i, name] of names.entries()) {
    const count = Math.floor((total * (i + 1)) / names.length) - Math.floor((total * i) / names.length);
    const tally = await fuzzReader(name, count);
    const cells = [count, tally.accepted, tally.rejected, tally.faults.length].map((cell) =>
      `${cell}`.padStart(7),
    );
    const [[time, slow], [bytes, large]] = [tally.slowest, tally.peak];
    const most = [`${time.toFixed(0)} ms (${slow})`, `${megabytes(bytes)} MB (${large})`];
    console.log(`${name.padEnd(12)}${cells.join('')}${most.map((cell) => cell.padStart(18)).join('')}`);
    for (const fault of tally.faults.slice(0, 20)) console.log(`  ${fault}`);
    faults += tally.faults.length;
  }
  await watchdog.terminate();
  rmSync(folder, { recursive: true });
  process.exit(faults > 0 ? 1 : 0);
}

void main();
