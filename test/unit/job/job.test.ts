import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBackend } from '../../../src/backend/load';
import type { Config } from '../../../src/config/schema';
import { type UserError } from '../../../src/errors';
import { requireJobState, requireSameData } from '../../../src/job/checkpoints';
import { Control } from '../../../src/job/control';
import { jobParts } from '../../../src/job/plan';
import { prepareJob, type PrepareOptions } from '../../../src/job/prepare';
import { runJob } from '../../../src/job/run';
import type { RunEvent } from '../../../src/protocol/events';
import { describeResult } from '../../../src/protocol/eventText';
import { effectiveEvents, replayRun } from '../../../src/protocol/runState';
import { judge } from '../../../src/protocol/verdict';
import type { Telemetry } from '../../../src/protocol/worker';
import { readEventLog } from '../../../src/runs/eventLog';
import type { RunFolder } from '../../../src/runs/runFolder';
import { proofProcess } from '../../support/proof';
import { createRun, tinyConfig } from '../../support/tinyConfig';

describe('a job', () => {
  let parent: string;
  beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'nas-job-'))));
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const create = (config: Config): RunFolder => createRun(parent, config);

  interface Watch {
    readonly control?: Control;
    /** Of the process that runs generated code. */
    readonly script?: string;
    readonly computing?: Partial<PrepareOptions>;
    readonly telemetryInterval?: number;
    onEvent?(event: RunEvent): void;
    onTelemetry?(telemetry: Telemetry): void;
  }

  async function work(folder: RunFolder, watch: Watch = {}): Promise<'finished' | 'stopped'> {
    const { config, configFolder } = folder.run;
    return runJob({
      folder,
      control: watch.control ?? new Control(),
      prepared: await prepareJob(config, { configFolder, engine: 'auto', threads: 2, ...watch.computing }),
      proof: watch.script ? { script: watch.script } : proofProcess,
      onEvent: (event) => watch.onEvent?.(event),
      onTelemetry: (telemetry) => watch.onTelemetry?.(telemetry),
      telemetryInterval: watch.telemetryInterval,
    });
  }

  /** Events of a run without what may differ between two runs. */
  function comparable(folder: RunFolder): unknown[] {
    return effectiveEvents(readEventLog(folder.eventsPath).events)
      .filter((event) => event.type !== 'resumed' && event.type !== 'stopped')
      .map((event) => ({
        ...event,
        time: 0,
        seq: 0,
        ...('runId' in event ? { runId: '', engine: '' } : {}),
      }));
  }

  /** Stops a run after some steps of all its parts together. */
  async function stopAfter(folder: RunFolder, steps: number, watch: Watch = {}): Promise<void> {
    const control = new Control();
    let seen = 0;
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'step' && ++seen === steps) control.stop();
    };
    assert.equal(await work(folder, { ...watch, control, onEvent }), 'stopped');
    assert.equal(seen, steps, 'no further step once it is asked to stop');
  }

  it('runs to its end and leaves all that a run folder holds', async () => {
    const folder = create(tinyConfig());
    assert.equal(await work(folder), 'finished');
    const state = replayRun(readEventLog(folder.eventsPath).events);
    assert.equal(state.status, 'finished');
    assert.equal(state.steps.filter((step) => step.phase === 'search').length, 15);
    assert.equal(state.alphas.length, 15);
    assert.deepEqual(state.run?.images, { train: 40, validation: 40, test: 40 });
    assert.deepEqual(
      state.networks.map((network) => network.phase),
      ['final', 'baseline'],
    );
    const result = folder.readResult();
    assert.deepEqual(result?.genotype, state.genotypes.at(-1)?.genotype);
    assert.deepEqual(result?.found?.testAccuracy, state.networks[0]?.testAccuracy);
    assert.deepEqual(result?.verdict, judge(state));
    assert.deepEqual(state.run?.classes, { count: 10, largestShare: 0.1 });
    assert.equal(folder.readGenotype()?.origin.epoch, 2);
    assert.equal(folder.resumable, false);
  });

  it('is not taken up with other images than it began with', async () => {
    const folder = create(tinyConfig());
    await stopAfter(folder, 3);
    const { config, configFolder } = folder.run;
    // The images of this set are drawn from the seed.
    const changed = { ...config, seed: config.seed + 1 };
    const taken = runJob({
      ...{ folder, control: new Control(), proof: proofProcess },
      prepared: await prepareJob(changed, { configFolder, engine: 'auto', threads: 2 }),
      onEvent: () => undefined,
      onTelemetry: () => undefined,
    });
    await assert.rejects(taken, {
      code: 'data-changed',
      message: /^The data has changed since this run began/,
    });
    const snapshot = folder.checkpoints.load()!.snapshot!;
    const earlier = { ...requireJobState(snapshot.meta, jobParts(config)), data: 'a1-b2' };
    assert.throws(() => requireSameData(earlier, 'a-b-c'), /written by an earlier version of NAS Workbench/);
    // As it was, it goes on.
    assert.equal(await work(folder), 'finished');
  });

  it('takes no step of α while warming up, and one a step afterwards', async () => {
    const folder = create(tinyConfig({ final: { epochs: 0 } }));
    await work(folder);
    const { alphas, steps } = replayRun(readEventLog(folder.eventsPath).events);
    assert.deepEqual(alphas[0]?.normal, alphas[4]?.normal);
    for (let i = 5; i < 15; i++) assert.notDeepEqual(alphas[i]?.normal, alphas[i - 1]?.normal);
    assert.deepEqual(
      steps.map((step) => step.validationLoss !== undefined),
      [...Array<boolean>(15).keys()].map((i) => i >= 5),
    );
  });

  it('writes the same events twice for one seed, others for another', async () => {
    const runs = [create(tinyConfig()), create(tinyConfig()), create(tinyConfig({ seed: 6 }))] as const;
    for (const run of runs) await work(run);
    assert.deepEqual(comparable(runs[0]), comparable(runs[1]));
    assert.notDeepEqual(comparable(runs[0]), comparable(runs[2]));
  });

  it('writes the same events on any number of threads', async () => {
    const runs = [1, 2, 3].map((threads) => ({ threads, folder: create(tinyConfig()) }));
    for (const { threads, folder } of runs) await work(folder, { computing: { engine: 'fused', threads } });
    const [first, ...others] = runs.map(({ folder }) => comparable(folder));
    for (const other of others) assert.deepEqual(other, first);
  });

  it('finds on the fused engine what it finds on the reference', async () => {
    const outcomes = [];
    for (const engine of ['fused', 'wasm'] as const) {
      const folder = create(tinyConfig({ strategy: { warmupEpochs: 0 } }));
      await work(folder, { computing: { engine } });
      const { steps } = replayRun(readEventLog(folder.eventsPath).events);
      // Differences of rounding grow from step to step.
      const start = steps.filter(({ epoch }) => epoch === 0);
      const losses = start.flatMap(({ loss, validationLoss = 0 }) => [loss, validationLoss]);
      outcomes.push({ genotype: folder.readResult()!.genotype, losses });
    }
    const [fused, reference] = outcomes as [(typeof outcomes)[0], (typeof outcomes)[0]];
    assert.deepEqual(fused.genotype, reference.genotype);
    // Five steps each of the search, the found network and a random one.
    assert.equal(fused.losses.length, 2 * 15);
    fused.losses.forEach((loss, i) => {
      const expected = reference.losses[i]!;
      assert.ok(Math.abs(loss - expected) < 1e-4, `step ${i}: ${loss}, the reference has ${expected}`);
    });
  });

  for (const steps of [1, 7, 16, 19, 23]) {
    it(`continues the same trajectory when stopped after ${steps} steps and resumed`, async () => {
      const whole = create(tinyConfig());
      await work(whole);
      const parts = create(tinyConfig());
      await stopAfter(parts, steps);
      assert.equal(await work(parts), 'finished');
      assert.deepEqual(comparable(parts), comparable(whole));
    });
  }

  it('does both on native TensorFlow, too', async () => {
    const computing = { engine: 'tensorflow' } as const;
    try {
      const short = tinyConfig({
        budget: { epochs: 1 },
        strategy: { warmupEpochs: 0 },
        final: { epochs: 0 },
      });
      const runs = [create(short), create(short), create(short)] as const;
      await work(runs[0], { computing });
      await work(runs[1], { computing });
      await stopAfter(runs[2], 2, { computing });
      await work(runs[2], { computing });
      assert.deepEqual(comparable(runs[1]), comparable(runs[0]));
      assert.deepEqual(comparable(runs[2]), comparable(runs[0]));
    } finally {
      await loadBackend('wasm');
    }
  });

  it('says once which operation the reference has to compute, also after a resume', async () => {
    const config = tinyConfig({
      space: { type: 'mbconv', stages: [{ channels: 8, depths: [1] }], squeezeExcite: [true] },
      strategy: { type: 'random' },
      estimator: { type: 'training', epochs: 1 },
      budget: { trials: 3 },
      final: { epochs: 0 },
    });
    const folder = create(config);
    await stopAfter(folder, 6);
    assert.equal(await work(folder), 'finished');
    const { notices } = replayRun(readEventLog(folder.eventsPath).events);
    const told = notices.map(({ message }) => message).filter((message) => /no kernels/.test(message));
    assert.equal(told.length, 1);
    assert.match(told[0]!, /for .+\. The reference computes it instead, layer by layer, which is slower\.$/);
  });

  it('pauses between steps, with a checkpoint, and goes on', async () => {
    const folder = create(tinyConfig({ final: { epochs: 0 } }));
    const control = new Control();
    let paused = 0;
    const outcome = await work(folder, {
      control,
      onEvent: (event) => {
        if (event.type === 'step' && event.step === 3) control.pause();
      },
      onTelemetry: (telemetry) => {
        if (telemetry.state !== 'paused') return;
        paused++;
        assert.ok(folder.checkpoints.exists);
        setImmediate(() => control.resume());
      },
    });
    assert.deepEqual([outcome, paused], ['finished', 1]);
  });

  it('reports progress that only rises, to 1, with a message after every step and every part', async () => {
    const seen: number[] = [];
    const folder = create(tinyConfig());
    await work(folder, { telemetryInterval: 0, onTelemetry: ({ progress }) => seen.push(progress) });
    const { steps, networks } = replayRun(readEventLog(folder.eventsPath).events);
    assert.ok(seen.length >= steps.length + 1 + networks.length);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.ok(seen[0]! > 0);
    assert.equal(seen.at(-1), 1);
  });

  it('reports progress that goes on from where it was stopped', async () => {
    for (const steps of [7, 16, 19]) {
      const folder = create(tinyConfig());
      const seen: number[] = [];
      const onTelemetry = ({ progress }: Telemetry): unknown => seen.push(progress);
      await stopAfter(folder, steps, { telemetryInterval: 0, onTelemetry });
      const atStop = seen.length;
      await work(folder, { telemetryInterval: 0, onTelemetry });
      assert.ok(seen.length > atStop);
      assert.deepEqual(
        seen,
        seen.toSorted((a, b) => a - b),
        `stopped after ${steps} steps`,
      );
      assert.equal(seen.at(-1), 1);
    }
  });

  describe('with a proof', () => {
    const proven = (): Config => tinyConfig({ final: { proof: true } });

    it('checks the generated code after the final training, and writes what came out', async () => {
      const folder = create(proven());
      assert.equal(await work(folder), 'finished');
      const state = replayRun(readEventLog(folder.eventsPath).events);
      const { proof, found } = folder.readResult()!;
      assert.ok(proof?.outcome === 'compared');
      assert.deepEqual(state.proof, proof);
      assert.deepEqual([proof.images, proof.differing, proof.right], [40, 0, proof.engineRight]);
      assert.equal(proof.engineRight / 40, found?.testAccuracy);
    });

    it('does it again when it was stopped in it', async () => {
      const whole = create(proven());
      await work(whole);
      const parts = create(proven());
      const control = new Control();
      const onEvent = ({ type, ...event }: RunEvent): void => {
        if (type === 'phase' && 'phase' in event && event.phase === 'proof') control.stop();
      };
      assert.equal(await work(parts, { control, onEvent }), 'stopped');
      assert.equal(await work(parts), 'finished');
      assert.deepEqual(comparable(parts), comparable(whole));
      assert.ok(parts.readResult()?.proof);
    });

    it('says in its result and its text that code predicts otherwise', async () => {
      const folder = create(proven());
      const script = join(__dirname, '../proof/otherLogits.cjs');
      assert.equal(await work(folder, { script }), 'finished');
      const { proof } = folder.readResult()!;
      assert.ok(proof?.outcome === 'compared' && proof.differing > 0);
      const state = replayRun(readEventLog(folder.eventsPath).events);
      assert.match(describeResult('tiny', state), /^The generated code is NOT the network that was judged/);
    });
  });

  it('falls back to the checkpoint before a damaged one, with a warning', async () => {
    const folder = create(tinyConfig({ final: { epochs: 0 } }));
    await stopAfter(folder, 6);
    const store = join(folder.path, 'checkpoint');
    truncateSync(join(store, readdirSync(store).sort().at(-1)!), 100);
    assert.equal(await work(folder), 'finished');
    const state = replayRun(readEventLog(folder.eventsPath).events);
    assert.match(state.notices[0]?.message ?? '', /damaged/);
    assert.equal(state.alphas.length, 15);
  });

  it('ends with a clear error, and an event, when training diverges', async () => {
    const folder = create(
      tinyConfig({
        training: { learningRate: 10, minLearningRate: 10, gradientClip: 1e30, weightDecay: 1 },
        final: { epochs: 0 },
        budget: { epochs: 40 },
      }),
    );
    await assert.rejects(work(folder), (error: UserError) => error.code === 'diverged' && !!error.hint);
    assert.equal(replayRun(readEventLog(folder.eventsPath).events).status, 'failed');
  });

  it('refuses a batch that no split can fill before it starts', async () => {
    const folder = create(tinyConfig({ training: { batchSize: 64 } }));
    await assert.rejects(work(folder), (error: UserError) => error.code === 'batch-too-large');
  });

  /** Takes steps in a process of its own, where nothing else uses memory. */
  async function watchSteps(engine: 'fused' | 'wasm', epochs: number) {
    const child = fork(join(__dirname, 'thousandSteps.ts'), [parent, engine, String(epochs)], {
      execArgv: ['--import', 'tsx', '--expose-gc'],
    });
    return new Promise<{ tensors: number[]; resident: number[] }>((resolve, reject) => {
      child.once('message', (message) => resolve(message as { tensors: number[]; resident: number[] }));
      child.once('exit', (code) => reject(new Error(`it ended with code ${code}`)));
    });
  }

  it('makes no tensors and holds its memory over 1,000 steps', async function () {
    const { tensors, resident } = await watchSteps('fused', 200);
    assert.equal(tensors.length, 1000);
    assert.deepEqual([...new Set(tensors)], [0]);
    // Means of hundreds; the first three hundred steps fill caches.
    const hundreds = Array.from({ length: 7 }, (_, i) => {
      const part = resident.slice(30 + 10 * i, 40 + 10 * i);
      return part.reduce((a, b) => a + b, 0) / part.length;
    });
    const spread = Math.max(...hundreds) / Math.min(...hundreds) - 1;
    const megabytes = hundreds.map((bytes) => Math.round(bytes / 1e6));
    assert.ok(spread < 0.05, `resident memory in MB: ${megabytes.join(', ')}`);
  });

  it('holds the count of live tensors over 15 steps of the reference', async function () {
    const { tensors } = await watchSteps('wasm', 3);
    assert.equal(tensors.length, 15);
    // The first epoch takes no step of α.
    assert.equal(new Set(tensors.slice(5)).size, 1, `live tensors: ${[...new Set(tensors)].join(', ')}`);
  });
});
