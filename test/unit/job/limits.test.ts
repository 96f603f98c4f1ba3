import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema, type Config, type ConfigInput } from '../../../src/config/schema';
import { networkParts, partKey } from '../../../src/cost/parts';
import type { UserError } from '../../../src/errors';
import { Control } from '../../../src/job/control';
import { prepareJob } from '../../../src/job/prepare';
import { chooseAnswer, JobLimits, jobLimits, reachOfLimits, requireReachable } from '../../../src/job/limits';
import { finalNetwork, spaceOf } from '../../../src/job/plan';
import { runJob } from '../../../src/job/run';
import { replayRun } from '../../../src/protocol/runState';
import { readEventLog } from '../../../src/runs/eventLog';
import type { RunFolder } from '../../../src/runs/runFolder';
import type { Genotype } from '../../../src/space/genotype';
import { planNetwork } from '../../../src/space/network';
import { proofProcess } from '../../support/proof';
import { createRun, tinyConfig } from '../../support/tinyConfig';

const frame = { input: { height: 32, width: 32, channels: 3 }, classes: 10 };

/** The benchmark's skeleton as the final network; a smaller one while searching. */
function bench201(limits: ConfigInput['limits'], channels = 16): Config {
  return configSchema.parse({
    space: { type: 'nasbench201', cellsPerStage: 1, channels: 4 },
    strategy: { type: 'random' },
    final: { cells: 15, channels },
    limits,
  });
}

/** @param folder where a latency table is looked for */
function limitsOf(config: Config, folder = '/'): JobLimits {
  return jobLimits(config, spaceOf(config), folder, frame);
}

const cellOf = (operation: string): Genotype => ({
  space: 'nasbench201',
  operations: new Array<string>(6).fill(operation),
});

describe('limits of a job', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-limits-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are about the final network, not the one that is searched with', () => {
    const limits = limitsOf(bench201({ maxParameters: 1_000_000 }));
    // 73,306 + 6 · 243,040 in the benchmark.
    assert.equal(limits.costs(cellOf('conv_3x3')).parameters, 1_531_546);
    assert.deepEqual(limits.broken(cellOf('conv_3x3')), [
      { limit: 'maxParameters', value: 1_531_546, allowed: 1_000_000 },
    ]);
    assert.deepEqual(limits.broken(cellOf('conv_1x1')), []);
  });

  it('are refused before a search when nothing can meet them, with the smallest there is', () => {
    const limits = limitsOf(bench201({ maxParameters: 73_305, maxFlops: 500_000_000 }));
    assert.throws(
      () => requireReachable(limits),
      (error: UserError) =>
        error.code === 'limit-unreachable' &&
        /limits\.maxParameters \(73,305\): the smallest has 73,306 parameters/.test(error.message) &&
        !error.message.includes('maxFlops') &&
        /final\.cells/.test(error.hint ?? ''),
    );
  });

  it('pass where the smallest network just meets them', () => {
    assert.equal(requireReachable(limitsOf(bench201({ maxParameters: 73_306 }))), undefined);
    assert.equal(reachOfLimits(limitsOf(bench201({}))), undefined);
  });

  /** A table in which `conv_3x3` alone is fast. */
  function contraryTable(): void {
    const network = finalNetwork(bench201({}), frame);
    const operations = ['none', 'skip_connect', 'conv_1x1', 'conv_3x3', 'avg_pool_3x3'];
    const parts = operations.flatMap((name) => networkParts(planNetwork(cellOf(name), network)));
    const entries = Object.fromEntries(
      parts.map((part) => {
        const slow = operations.includes(part.label) && part.label !== 'conv_3x3';
        return [partKey(part), { ms: slow ? 1 : 0, spread: 0, runs: 1 }];
      }),
    );
    const overhead = { ms: 0, spread: 0, runs: 1 };
    const table = { format: 'nas-workbench/latency', version: 1, device: 'x', engine: 'x', threads: 1 };
    writeFileSync(join(folder, 'table.json'), JSON.stringify({ ...table, overhead, entries }));
  }

  it('warn where each can be met, but not all together', () => {
    contraryTable();
    // All six edges of 15 cells take 1 ms each, unless they are 3 × 3 convolutions, which have the most weights.
    const config = bench201({ maxLatencyMs: 15, maxParameters: 500_000, latencyTable: 'table.json' });
    const limits = limitsOf(config, folder);
    assert.equal(limits.costs(cellOf('conv_3x3')).latencyMs, 0);
    assert.equal(limits.costs(cellOf('conv_1x1')).latencyMs, 90);
    assert.match(
      requireReachable(limits) ?? '',
      /Each limit can be met by itself.*maxParameters, maxLatencyMs/,
    );
    assert.deepEqual(
      reachOfLimits(limits)?.map(({ smallest }) => smallest),
      [73_306, 0],
    );
  });

  const badTables: [string, ConfigInput['limits'], string | undefined, RegExp][] = [
    ['no table', { maxLatencyMs: 1 }, undefined, /needs a latency table/],
    [
      'a table that is not there',
      { maxLatencyMs: 1, latencyTable: 'table.json' },
      undefined,
      /does not exist/,
    ],
    ['a table that is none', { maxLatencyMs: 1, latencyTable: 'table.json' }, '{}', /is no latency table/],
  ];
  for (const [title, limits, text, message] of badTables) {
    it(`say what to do about ${title}`, () => {
      if (text !== undefined) writeFileSync(join(folder, 'table.json'), text);
      assert.throws(
        () => limitsOf(bench201(limits), folder),
        (error: UserError) => message.test(error.message) && /nas latency/.test(error.hint ?? ''),
      );
    });
  }

  it('are refused before a search when the table lacks an operation', () => {
    contraryTable();
    const config = bench201({ maxLatencyMs: 1000, latencyTable: 'table.json' }, 8);
    assert.throws(
      () => requireReachable(limitsOf(config, folder)),
      (error: UserError) => error.code === 'latency-missing' && /table\.json has no stem/.test(error.message),
    );
  });
});

describe('the answer of a search', () => {
  const limits = (maxParameters: number): JobLimits => limitsOf(bench201({ maxParameters }));
  const epochs = ['conv_3x3', 'avg_pool_3x3', 'conv_1x1', 'none'].map((operation, i) => ({
    genotype: cellOf(operation),
    epoch: 3 - i,
  }));

  it('is what was found, where that is within the limits', () => {
    assert.deepEqual(chooseAnswer(epochs, limits(2_000_000)), epochs[0]);
  });

  it('is else the newest epoch within the limits, and says so', () => {
    const answer = chooseAnswer(epochs, limits(300_000));
    assert.deepEqual(answer.genotype, cellOf('avg_pool_3x3'));
    assert.match(answer.notice ?? '', /1,531,546 parameters.*that of epoch 3 is taken/);
  });

  it('is the nearest where none is within the limits, and says so', () => {
    const answer = chooseAnswer([epochs[0]!, epochs[2]!], limits(100_000));
    assert.deepEqual(answer.genotype, cellOf('conv_1x1'));
    assert.match(answer.notice ?? '', /^No network.*nearest is that of epoch 2: it has 241,306 parameters/);
  });
});

describe('a run with limits', () => {
  let parent: string;
  beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'nas-limits-'))));
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  async function work(limits: ConfigInput['limits']): Promise<RunFolder> {
    const config = tinyConfig({
      budget: { epochs: 5 },
      final: { epochs: 0 },
      strategy: { type: 'darts', learningRate: 0.1, warmupEpochs: 0 },
      limits,
    });
    const folder = createRun(parent, config);
    await runJob({
      folder,
      control: new Control(),
      prepared: await prepareJob(config, { configFolder: '/', threads: 1 }),
      proof: proofProcess,
      onEvent: () => undefined,
      onTelemetry: () => undefined,
    });
    return folder;
  }

  /** Memory of the final network of every epoch’s genotype: the one limit that a gradient search does not steer by. */
  function memoryOf(folder: RunFolder, genotypes = genotypesOf(folder)): number[] {
    const limits = new JobLimits(folder.run.config, spaceOf(folder.run.config), {
      input: { height: 8, width: 8, channels: 1 },
      classes: 10,
    });
    return genotypes.map((genotype) => limits.costs(genotype).memoryMiB);
  }

  function genotypesOf(folder: RunFolder): Genotype[] {
    return replayRun(readEventLog(folder.eventsPath).events).genotypes.map(({ genotype }) => genotype);
  }

  it('goes back to an earlier epoch, or names the nearest', async () => {
    const free = memoryOf(await work({}));
    const [least, last] = [Math.min(...free), free.at(-1)!];
    assert.ok(least < last, 'this search has to end with a larger network than it had before');

    const within = await work({ maxMemoryMiB: least });
    const state = replayRun(readEventLog(within.eventsPath).events);
    assert.match(state.notices.at(-1)?.message ?? '', /Instead of it, that of epoch/);
    assert.deepEqual(memoryOf(within, [within.readResult()!.genotype]), [least]);
    assert.deepEqual(within.readResult()?.brokenLimits, []);
    assert.deepEqual(within.readGenotype()?.genotype, within.readResult()?.genotype);

    const none = await work({ maxMemoryMiB: 0.999 * least });
    const notices = replayRun(readEventLog(none.eventsPath).events).notices;
    assert.match(notices.at(-1)?.message ?? '', /^No network .* is within the limits. The nearest/);
    assert.deepEqual(memoryOf(none, [none.readResult()!.genotype]), [least]);
    assert.match(
      none.readResult()?.brokenLimits[0] ?? '',
      /MiB in a training step .*, more than the limit of/,
    );
  });

  it('does not start when no network can meet a limit', async () => {
    await assert.rejects(
      work({ maxParameters: 10 }),
      (error: UserError) =>
        error.code === 'limit-unreachable' && /the smallest has \d+ parameters/.test(error.message),
    );
  });
});
