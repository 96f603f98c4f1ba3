/**
 * Changed texts and values for everything that is read from outside but pictures and arrays (`npm run fuzz` has those): each is taken, or
 * refused with a place or a reason; nothing else is thrown, and nothing takes long. `NAS_FAULTS=20000` tries so many of each kind, and
 * five times as many configs.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type * as z from 'zod';
import { parseConfig } from '../../src/config/parse';
import { configSchema } from '../../src/config/schema';
import { parseLatencyFile } from '../../src/cost/latencyTable';
import { UserError } from '../../src/errors';
import { ArchitectureTable } from '../../src/estimate/architectureTable';
import { readGenotypeFile } from '../../src/generate/readGenotype';
import { requireJobState } from '../../src/job/checkpoints';
import { jobParts, spaceOf } from '../../src/job/plan';
import { dashboardMessageSchema, dashboardRequestSchema } from '../../src/protocol/dashboard';
import { dataCommandSchema, dataMessageSchema } from '../../src/protocol/dataProcess';
import { judge } from '../../src/protocol/verdict';
import { replayRun } from '../../src/protocol/runState';
import { workerCommandSchema, workerMessageSchema } from '../../src/protocol/worker';
import { importPublished } from '../../src/published';
import { decodeSnapshot, encodeSnapshot } from '../../src/runs/checkpoint';
import { readEventLog } from '../../src/runs/eventLog';
import { planNetwork } from '../../src/space/network';
import { cifarFile } from '../unit/generate/files';
import { tinyConfig } from '../support/tinyConfig';

const runs = Number(process.env['NAS_FAULTS'] ?? 150);
const examples = path.join(__dirname, '../../examples');

/** Milliseconds of the processor that one may take, and bytes that all may hold. */
const limits = { time: 1000, memory: 500e6 };

/** A change of a value: somewhere in it something is taken away, replaced, doubled or renamed. */
const change = fc.record({
  kind: fc.constantFrom('remove', 'replace', 'double', 'rename'),
  at: fc.nat(1000),
  value: fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(
      -1,
      0,
      1e308,
      4097,
      2 ** 53,
      '',
      '__proto__',
      'constructor',
      '../../x',
      [],
      {},
      null,
    ),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** A change of a text: a piece of it is taken away, replaced or doubled. */
const edit = fc.record({
  from: fc.nat(1_000_000),
  length: fc.nat(40),
  text: fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.constantFrom(
      '{',
      '[',
      '"',
      ',',
      '}',
      '\n',
      '\0',
      '1e999',
      'NaN',
      '//',
      '/*',
      ' '.repeat(200),
      '[['.repeat(200),
    ),
  ),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** Every object and list in a value. */
function holders(value: unknown): (Record<string, unknown> | unknown[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(holders)];
}

function changed(value: unknown, changes: readonly Change[]): unknown {
  const copy = structuredClone(value);
  for (const { kind, at, value: other } of changes) {
    const all = holders(copy).filter((holder) => Object.keys(holder).length > 0);
    const holder = all[at % Math.max(1, all.length)];
    if (!holder) continue;
    const keys = Object.keys(holder);
    const key = keys[at % keys.length]! as keyof typeof holder;
    if (kind === 'replace') holder[key] = other as never;
    else if (Array.isArray(holder)) {
      if (kind === 'remove') holder.splice(Number(key), 1);
      else holder.push(holder[Number(key)]);
    } else if (kind === 'remove') delete holder[key];
    else if (kind === 'rename') {
      holder[`${String(key)}x`] = holder[key];
      delete holder[key];
    }
  }
  return copy;
}

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((now, { from, length, text: piece }) => {
    const at = from % (now.length + 1);
    return now.slice(0, at) + piece + now.slice(at + length);
  }, text);
}

const changes = fc.array(change, { minLength: 0, maxLength: 4 });
const edits = fc.array(edit, { minLength: 0, maxLength: 3 });

/** Texts made of samples: values that are changed, then written, then edited. */
function texts(samples: readonly unknown[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(samples.length - 1), changes, edits)
    .map(([i, values, pieces]) => edited(JSON.stringify(changed(samples[i], values)), pieces));
}

describe('changed', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'nas-fuzz-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /**
   * @param read throws a UserError, and nothing else, where it does not take what it gets
   * @returns how many were taken
   */
  function tried<T>(title: string, arbitrary: fc.Arbitrary<T>, read: (value: T) => void, count = runs): void {
    let taken = 0;
    let slowest = 0;
    const before = process.memoryUsage().rss;
    fc.assert(
      fc.property(arbitrary, (value) => {
        const start = process.cpuUsage();
        try {
          read(value);
          taken++;
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          assert.ok(error.message.length > 10, 'a reason');
        }
        const { user, system } = process.cpuUsage(start);
        slowest = Math.max(slowest, (user + system) / 1000);
        assert.ok(slowest < limits.time, `it took ${slowest} ms`);
      }),
      { numRuns: count, seed: 5 },
    );
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < limits.memory, `it holds ${grown} bytes`);
    const words = `${count} ${title}: ${taken} taken, ${count - taken} refused with a reason`;
    console.log(`      ${words}; the slowest ${slowest.toFixed(0)} ms`);
  }

  const configs = readdirSync(examples).filter((name) => name.endsWith('.nas.json'));
  const configTexts = configs.map((name) => readFileSync(path.join(examples, name), 'utf8'));

  it('configs are taken, or refused with line and column', () => {
    const values = configTexts.map((text) => {
      const { config } = parseConfig(text);
      return config ?? configSchema.parse({});
    });
    const arbitrary = fc.oneof(
      texts(values),
      fc.tuple(fc.nat(configTexts.length - 1), edits).map(([i, pieces]) => edited(configTexts[i]!, pieces)),
    );
    const read = (text: string): void => {
      const { issues } = parseConfig(text);
      for (const { line, column, message } of issues) {
        assert.ok(line >= 1 && column >= 1 && message.length > 5);
        assert.ok(line <= text.split('\n').length);
      }
      if (issues.length > 0) throw new UserError(issues[0]!.message.padEnd(11));
    };
    tried('configs', arbitrary, read, 5 * runs);
  });

  it('genotypes are taken and planned, or refused', () => {
    const genotypes = [cifarFile, ...['evolution-chain', 'nsga2-mbconv'].map(sampledFile)];
    tried('genotypes', texts(genotypes), (text) => {
      const { genotype, network } = readGenotypeFile(text, 'x.json');
      planNetwork(genotype, network);
    });
  });

  /** A genotype file of the space of an example. */
  function sampledFile(name: string): unknown {
    const { config } = parseConfig(readFileSync(path.join(examples, `${name}.nas.json`), 'utf8'));
    const space = spaceOf(config!);
    const genotype = space.sample({ integer: () => 0, uniform: () => 0 } as never);
    return { ...cifarFile, genotype };
  }

  it('published genotypes are taken, or refused', () => {
    const text = `X = Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('skip_connect', 0), ('sep_conv_3x3', 1)], normal_concat=[2, 3], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 1)], reduce_concat=[2, 3])`;
    const cell = '|nor_conv_3x3~0|+|nor_conv_3x3~0|skip_connect~1|+|skip_connect~0|nor_conv_1x1~1|none~2|';
    const arbitrary = fc
      .tuple(fc.constantFrom(text, cell), edits)
      .map(([sample, pieces]) => edited(sample, pieces));
    tried(
      'published genotypes',
      arbitrary,
      (changedText) => void importPublished(changedText, 'x.txt', { tool: 'test' }),
    );
  });

  it('checkpoints are taken, or refused', () => {
    const parts = jobParts(tinyConfig());
    const meta = {
      ...{ part: 0, seq: 4, covers: { run: 1, phase: 1 }, progress: 0.5, engine: 'fused', data: 'a-b-c' },
      process: { count: { step: 3 }, list: [1, 2] },
    };
    const arrays = { weights: Float32Array.of(1, 2, 3) };
    const whole = Buffer.concat(encodeSnapshot({ meta, arrays }));
    const states = changes.map((values) =>
      Buffer.concat(encodeSnapshot({ meta: changed(meta, values), arrays })),
    );
    const bytes = fc
      .tuple(fc.nat(whole.length), fc.uint8Array({ maxLength: 30 }), fc.nat(30))
      .map(([at, piece, length]) =>
        Buffer.concat([whole.subarray(0, at), piece, whole.subarray(at + length)]),
      );
    tried('checkpoints', fc.oneof(states, bytes), (file) => {
      const snapshot = decodeSnapshot(file, 'x.checkpoint');
      requireJobState(snapshot.meta, parts);
    });
  });

  it('logs are read as far as they can be, and replayed', () => {
    const stamp = { seq: 0, time: 1 };
    const events = [
      { ...stamp, type: 'phase', phase: 'search', index: 0, of: 1, epochs: 2, stepsPerEpoch: 3 },
      {
        ...stamp,
        seq: 1,
        type: 'step',
        phase: 'search',
        index: 0,
        epoch: 0,
        step: 1,
        loss: 1,
        accuracy: 0.5,
        learningRate: 0.1,
      },
      { ...stamp, seq: 2, type: 'alpha', epoch: 0, step: 1, normal: [[0, 1]], reduction: [[1, 0]] },
      { ...stamp, seq: 3, type: 'epoch', phase: 'search', index: 0, epoch: 0, loss: 1, accuracy: 0.5 },
      { ...stamp, seq: 4, type: 'resumed', keep: 2, engine: 'x' },
      { ...stamp, seq: 5, type: 'genotype', epoch: 0, genotype: cifarFile.genotype },
      { ...stamp, seq: 6, type: 'notice', level: 'info', message: 'x' },
    ];
    const file = path.join(folder, 'events.jsonl');
    const arbitrary = fc.tuple(changes, edits).map(([values, pieces]) => {
      const lines = (changed(events, values) as unknown[]).map((event) => `${JSON.stringify(event)}\n`);
      return edited(lines.join(''), pieces);
    });
    tried('logs', arbitrary, (text) => {
      writeFileSync(file, text);
      const { events: read, notice } = readEventLog(file);
      judge(replayRun(read));
      if (notice !== undefined) throw new UserError(notice);
    });
  });

  it('messages of all protocols are taken, or refused', () => {
    const schemas: readonly z.ZodType[] = [
      ...[workerCommandSchema, workerMessageSchema, dataCommandSchema, dataMessageSchema],
      ...[dashboardRequestSchema, dashboardMessageSchema],
    ];
    const samples = [
      { type: 'start', version: 1, runFolder: '/x', resume: false, threads: 2 },
      { type: 'event', event: { type: 'notice', level: 'info', message: 'x', seq: 0, time: 1 } },
      { type: 'export', runFolder: '/x', format: 'keras', options: { softmax: true }, target: '/y' },
      { type: 'pictures', query: { split: 'train', from: 0, count: 3, augmented: 0 } },
      { type: 'failed', message: 'x', hint: 'y' },
      { type: 'stop' },
    ];
    const arbitrary = fc
      .tuple(fc.nat(samples.length - 1), changes)
      .map(([i, values]) => changed(samples[i], values));
    tried('messages', arbitrary, (message) => {
      const parsed = schemas.map((schema) => schema.safeParse(message));
      const refused = parsed.find(({ success }) => !success);
      if (refused && parsed.every(({ success }) => !success))
        throw new UserError(refused.error!.message.padEnd(11));
    });
  });

  it('latency tables are taken, or refused', () => {
    const table = {
      format: 'nas-workbench/latency',
      version: 1,
      device: 'x',
      engine: 'fused',
      threads: 1,
      overhead: { ms: 1, spread: 0.1, runs: 3 },
      entries: { a: { ms: 1, spread: 0, runs: 3 }, b: { ms: 2, spread: 0, runs: 3 } },
    };
    tried('latency tables', texts([table]), (text) => void parseLatencyFile(text, 'x.json'));
  });

  it('trial tables are taken, or refused', () => {
    const { config } = parseConfig(readFileSync(path.join(examples, 'evolution-table.nas.json'), 'utf8'));
    const space = spaceOf(config!);
    const table = readFileSync(path.join(examples, 'tables/two-operations.csv'), 'utf8');
    const options = {
      file: 'x.csv',
      encoding: 'architecture',
      reward: 'reward',
      costs: { parameters: 'parameters' },
    };
    const arbitrary = edits.map((pieces) => edited(table, pieces));
    tried('trial tables', arbitrary, (text) => void new ArchitectureTable(text, options, space));
  });
});
