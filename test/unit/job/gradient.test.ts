/** Gradient searches as jobs: every strategy on every space of cells, to its end, twice alike, and stopped in between. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema, type Config, type ConfigInput } from '../../../src/config/schema';
import { parseConfig } from '../../../src/config/parse';
import { Control } from '../../../src/job/control';
import { prepareJob } from '../../../src/job/prepare';
import { runJob } from '../../../src/job/run';
import type { RunEvent } from '../../../src/protocol/events';
import { effectiveEvents, replayRun } from '../../../src/protocol/runState';
import { readEventLog } from '../../../src/runs/eventLog';
import type { RunFolder } from '../../../src/runs/runFolder';
import { nasHere } from '../../support/nasHere';
import { proofProcess } from '../../support/proof';
import { createRun } from '../../support/tinyConfig';

const cells = { type: 'cell', nodes: 1, cells: 3, channels: 4, stemMultiplier: 1 } as const;
const bench201 = { type: 'nasbench201', cellsPerStage: 1, channels: 4 } as const;
const alpha = { learningRate: 0.05, warmupEpochs: 1 };
const measured = { guard: { eigenvalue: true } } as const;
const penalty = { cost: 'flops', lambda: 0.5 } as const;

const searches: Readonly<Record<string, Pick<ConfigInput, 'space' | 'strategy' | 'limits'>>> = {
  'DARTS with limits': {
    space: cells,
    strategy: { type: 'darts', ...alpha },
    limits: { maxFlops: 4_500_000, maxParameters: 420_000 },
  },
  'DARTS of second order, with a penalty and eigenvalues': {
    space: cells,
    strategy: { type: 'darts', order: 'second', penalty, ...measured, ...alpha },
  },
  'PC-DARTS': { space: cells, strategy: { type: 'pc-darts', partialChannels: 2, ...alpha } },
  'PC-DARTS of second order, with a penalty': {
    space: cells,
    strategy: { type: 'pc-darts', partialChannels: 2, order: 'second', penalty, ...alpha },
  },
  'DARTS on NAS-Bench-201': { space: bench201, strategy: { type: 'darts', ...measured, ...alpha } },
  'PC-DARTS on NAS-Bench-201': {
    space: bench201,
    strategy: { type: 'pc-darts', partialChannels: 4, penalty, ...alpha },
  },
};

function configOf(
  search: Pick<ConfigInput, 'space' | 'strategy' | 'limits'>,
  changes: ConfigInput = {},
): Config {
  return configSchema.parse({
    seed: 5,
    data: { set: 'synthetic', trainImages: 48, testImages: 16, imageSize: 8 },
    training: { batchSize: 8 },
    budget: { epochs: 3 },
    final: { epochs: 0 },
    output: { logEverySteps: 1 },
    ...search,
    ...changes,
  });
}

describe('a gradient search', () => {
  let parent: string;
  beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'nas-gradient-'))));
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  async function work(folder: RunFolder, stopAfter = Infinity): Promise<'finished' | 'stopped'> {
    const { config, configFolder } = folder.run;
    const control = new Control();
    let steps = 0;
    return runJob({
      folder,
      control,
      prepared: await prepareJob(config, { configFolder, engine: 'fused', threads: 2 }),
      proof: proofProcess,
      onEvent: ({ type }: RunEvent) => {
        if (type === 'step' && ++steps === stopAfter) control.stop();
      },
      onTelemetry: () => undefined,
    });
  }

  const eventsOf = (folder: RunFolder): RunEvent[] => effectiveEvents(readEventLog(folder.eventsPath).events);

  /** Without what may differ between two runs. */
  const comparable = (folder: RunFolder): unknown[] =>
    eventsOf(folder)
      .filter(({ type }) => type !== 'resumed' && type !== 'stopped')
      .map((event) => ({ ...event, time: 0, seq: 0, ...('runId' in event ? { runId: '' } : {}) }));

  for (const [title, search] of Object.entries(searches)) {
    it(`${title}: runs to its end, and on along the same way after a stop`, async () => {
      const config = configOf(search);
      const whole = createRun(parent, config);
      assert.equal(await work(whole), 'finished');
      const { alphas, collapses, steps, genotypes } = replayRun(readEventLog(whole.eventsPath).events);
      assert.equal(steps.length, 9);
      // No step of α while warming up.
      assert.deepEqual(alphas[0]!.normal, alphas[2]!.normal);
      assert.notDeepEqual(alphas[3]!.normal, alphas[2]!.normal);
      assert.equal(collapses.length, 3);
      assert.deepEqual(whole.readResult()!.genotype, genotypes.at(-1)!.genotype);
      const partial = config.strategy.type === 'pc-darts';
      assert.equal(alphas[0]!.betas !== undefined, partial);
      if (partial) {
        assert.deepEqual(alphas[0]!.betas, alphas[2]!.betas);
        for (let i = 3; i < 9; i++) assert.notDeepEqual(alphas[i]!.betas, alphas[i - 1]!.betas);
      }
      const penalized = 'penalty' in config.strategy && config.strategy.penalty !== undefined;
      assert.ok(steps.every(({ expectedCost }) => (expectedCost !== undefined) === penalized));
      const eigenvalues = 'guard' in config.strategy && config.strategy.guard.eigenvalue;
      assert.deepEqual(
        collapses.map(({ eigenvalue }) => Number.isFinite(eigenvalue)),
        [false, eigenvalues, false],
      );
      for (const after of [2, 4, 6]) {
        const parts = createRun(parent, config);
        assert.equal(await work(parts, after), 'stopped');
        assert.equal(await work(parts), 'finished');
        assert.deepEqual(comparable(parts), comparable(whole));
      }
    });
  }

  it('is drawn towards cheaper cells while it breaks a limit, and says so', async () => {
    const search = { space: bench201, strategy: { type: 'darts', learningRate: 0.1 } } as const;
    const changes = { budget: { epochs: 12 }, training: { batchSize: 4 } };
    const free = createRun(parent, configOf(search, changes));
    await work(free);
    const { flops } = free.readResult()!;
    const maxFlops = Math.round(0.5 * flops);
    const limited = createRun(parent, configOf(search, { ...changes, limits: { maxFlops } }));
    await work(limited);
    assert.ok(limited.readResult()!.flops <= maxFlops);
    const notices = eventsOf(limited).filter((event) => event.type === 'notice');
    assert.match(
      notices[0]!.message,
      /^The network of epoch \d+ has .* multiply–accumulates, more than the limit of .*\. From now on α/,
    );
    // It did not have to fall back on an earlier epoch: the last one is within the limit.
    assert.ok(notices.every(({ level }) => level === 'info'));
  });

  /** Only skip connections and pools, none of them allowed to pass: α that wanders has to collapse soon. */
  const collapsing = configOf(
    {
      space: { ...bench201, operations: ['skip_connect', 'avg_pool_3x3'] },
      strategy: { type: 'darts', learningRate: 0.5, guard: { skips: 1 } },
    },
    {
      budget: { epochs: 12 },
      training: { batchSize: 8 },
      final: { epochs: 1, cells: 3, channels: 4, batchSize: 8, randomNetworks: 0 },
      seed: 2,
    },
  );

  it('ends where the guard says so, trains what was found before, and can be resumed there', async () => {
    const whole = createRun(parent, collapsing);
    assert.equal(await work(whole), 'finished');
    const state = replayRun(readEventLog(whole.eventsPath).events);
    const last = state.collapses.at(-1)!;
    assert.deepEqual([last.stopped, last.rule], [true, 'skips']);
    assert.ok(last.skips >= 3 && last.keep < last.epoch && last.epoch < 11);
    const kept = state.genotypes.find(({ epoch }) => epoch === last.keep)!.genotype;
    assert.deepEqual(whole.readResult()!.genotype, kept);
    assert.deepEqual(whole.readResult()!.found!.genotype, kept);
    assert.deepEqual([whole.readGenotype()!.genotype, whole.readGenotype()!.origin.epoch], [kept, last.keep]);
    // Stopped in the search, and in the training after it.
    for (const after of [3, 3 * (last.epoch + 1) + 1]) {
      const parts = createRun(parent, collapsing);
      assert.equal(await work(parts, after), 'stopped');
      assert.equal(await work(parts), 'finished');
      assert.deepEqual(comparable(parts), comparable(whole));
    }
  });

  it('goes on where the guard may only warn', async () => {
    const { strategy } = collapsing;
    assert.ok(strategy.type === 'darts');
    const guard = { ...strategy.guard, action: 'warn' as const };
    const folder = createRun(parent, {
      ...collapsing,
      strategy: { ...strategy, guard },
      final: { ...collapsing.final, epochs: 0 },
    });
    await work(folder);
    const { collapses } = replayRun(readEventLog(folder.eventsPath).events);
    assert.equal(collapses.length, 12);
    assert.ok(collapses.some(({ rule }) => rule === 'skips') && collapses.every(({ stopped }) => !stopped));
  });

  it('gives the code of any epoch, and says which there are', async () => {
    const strategy = { type: 'darts', learningRate: 0.5, guard: { action: 'warn' } } as const;
    const folder = createRun(parent, configOf({ space: cells, strategy }, { budget: { epochs: 4 } }));
    await work(folder);
    const { genotypes } = replayRun(readEventLog(folder.eventsPath).events);
    const different = genotypes.findIndex(({ genotype }) => {
      return JSON.stringify(genotype) !== JSON.stringify(folder.readGenotype()!.genotype);
    });
    assert.ok(different >= 0);
    const generate = (epoch: number) => {
      const target = ['--language', 'keras', '--out', join(parent, `epoch${epoch}`)];
      return nasHere(['generate', folder.path, '--epoch', String(epoch), ...target]);
    };
    const counted = genotypes[different]!.epoch + 1;
    const { code, printed } = await generate(counted);
    assert.equal(code, 0, printed);
    const file = readFileSync(printed, 'utf8');
    assert.match(file, new RegExp(`Epoch: +${counted}\\b`));
    const missing = await generate(1000);
    assert.equal(missing.code, 2);
    assert.match(missing.printed, /no genotype of epoch 1000.*Epochs 1 to \d+ have one/s);
  });
});

describe('the config of a gradient search', () => {
  const issues = (config: ConfigInput): string[] =>
    parseConfig(JSON.stringify(config)).issues.map(({ path, message, hint }) => `${path} ${message} ${hint}`);

  it('is refused when the channels cannot be shared out', () => {
    const space = { type: 'cell', channels: 18 } as const;
    const [issue] = issues({ space, strategy: { type: 'pc-darts', partialChannels: 4 } });
    assert.match(issue!, /partialChannels .*18 channels cannot be divided into 4.*divisor/);
    assert.deepEqual(issues({ strategy: { type: 'pc-darts' } }), []);
  });

  it('is refused when latency is to be small and no table is named', () => {
    const strategy = { type: 'darts', penalty: { cost: 'latency' } } as const;
    assert.match(issues({ strategy })[0]!, /penalty.cost .*latency table.*nas latency/);
    assert.deepEqual(issues({ strategy, limits: { latencyTable: 'table.json' } }), []);
  });
});
