/** The worker as the host meets it: a forked process of the built bundle. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import type { Config } from '../../../src/config/schema';
import type { RunEvent } from '../../../src/protocol/events';
import { effectiveEvents, replayRun } from '../../../src/protocol/runState';
import { workerMessageSchema, type Telemetry } from '../../../src/protocol/worker';
import { Random } from '../../../src/random';
import { readEventLog } from '../../../src/runs/eventLog';
import type { RunFolder } from '../../../src/runs/runFolder';
import { WorkerProcess, type WorkerOutcome } from '../../../src/worker/client';
import { createRun, tinyConfig } from '../../support/tinyConfig';

const script = join(__dirname, '../../../dist/worker.js');

describe('worker process', () => {
  let parent: string;
  before(() => assert.ok(existsSync(script), 'dist/worker.js is missing: run npm run build'));
  beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'nas-worker-'))));
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const create = (config: Config): RunFolder => createRun(parent, config);

  interface Watch {
    onEvent?(event: RunEvent, worker: WorkerProcess): void;
    onTelemetry?(telemetry: Telemetry, worker: WorkerProcess): void;
    readonly env?: NodeJS.ProcessEnv;
    readonly resume?: boolean;
  }

  function run(folder: RunFolder, watch: Watch = {}): Promise<{ outcome: WorkerOutcome; output: string[] }> {
    const output: string[] = [];
    return new Promise((resolve) => {
      const worker = new WorkerProcess(
        { script, runFolder: folder.path, resume: watch.resume ?? false, env: watch.env },
        {
          event: (event) => watch.onEvent?.(event, worker),
          telemetry: (telemetry) => watch.onTelemetry?.(telemetry, worker),
          output: (line) => output.push(line),
          ended: (outcome) => resolve({ outcome, output }),
        },
      );
    });
  }

  const stateOf = (folder: RunFolder) => replayRun(readEventLog(folder.eventsPath).events);

  it('runs a search on wasm to its end and streams what the log holds', async () => {
    const folder = create(tinyConfig());
    const events: RunEvent[] = [];
    const { outcome } = await run(folder, { onEvent: (event) => events.push(event) });
    assert.deepEqual(outcome, { kind: 'finished' });
    assert.deepEqual(events, readEventLog(folder.eventsPath).events);
  });

  it('stops when asked, long before its end, with a checkpoint', async () => {
    const folder = create(tinyConfig({ engine: 'fused', budget: { epochs: 5000 } }));
    const { outcome } = await run(folder, {
      onEvent: (event, worker) => {
        if (event.type === 'step' && event.step === 4) worker.stop();
      },
    });
    assert.deepEqual(outcome, { kind: 'stopped' });
    assert.ok(folder.checkpoints.exists);
    const { status, genotypes, networks } = stateOf(folder);
    assert.equal(status, 'stopped');
    assert.deepEqual(networks, []);
    assert.ok(genotypes.length < 5000);
  });

  it('pauses and goes on', async () => {
    const folder = create(tinyConfig({ final: { epochs: 0 } }));
    let pauses = 0;
    const { outcome } = await run(folder, {
      onEvent: (event, worker) => {
        if (event.type === 'step' && event.step === 3) worker.pause();
      },
      onTelemetry: (telemetry, worker) => {
        if (telemetry.state !== 'paused') return;
        pauses++;
        worker.resume();
      },
    });
    assert.deepEqual([outcome.kind, pauses], ['finished', 1]);
  });

  it('killed at random steps and resumed, ends with the genotype and α of a run left alone', async () => {
    const whole = create(tinyConfig());
    await run(whole);
    const random = Random.fromSeed(7, 'kill');
    const killed = create(tinyConfig());
    const kills: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const at = 1 + random.integer(6);
      kills.push(at);
      let seen = 0;
      const { outcome } = await run(killed, {
        resume: attempt > 0,
        onEvent: (event, worker) => {
          if (event.type === 'step' && ++seen === at) process.kill(worker.pid!, 'SIGKILL');
        },
      });
      assert.equal(outcome.kind, 'failed', `kills at ${kills.join(', ')}`);
    }
    const { outcome } = await run(killed, { resume: true });
    assert.equal(outcome.kind, 'finished', `kills at ${kills.join(', ')}`);
    const [a, b] = [stateOf(whole), stateOf(killed)];
    assert.deepEqual(b.alphas, a.alphas, `kills at ${kills.join(', ')}`);
    assert.deepEqual(b.finished?.genotype, a.finished?.genotype);
    assert.deepEqual(
      b.networks.map((n) => n.testAccuracy),
      a.networks.map((n) => n.testAccuracy),
    );
  });

  it('reports a run that cannot be, with a hint', async () => {
    const folder = create(tinyConfig({ training: { batchSize: 64 } }));
    const { outcome } = await run(folder);
    assert.equal(outcome.kind, 'failed');
    assert.ok(outcome.kind === 'failed' && /batch/i.test(outcome.message) && outcome.hint);
  });

  it('terminated in a search, leaves its folder free, and resumes from the last checkpoint', async function () {
    // Windows knows no signal that a process could answer.
    if (process.platform === 'win32') this.skip();
    const folder = create(tinyConfig({ engine: 'fused', budget: { epochs: 5000 } }));
    const lock = join(folder.path, 'lock');
    const locked: boolean[] = [];
    const { outcome } = await run(folder, {
      onEvent: (event, worker) => {
        if (event.type !== 'step' || locked.length > 0 || !folder.checkpoints.exists) return;
        locked.push(existsSync(lock));
        process.kill(worker.pid!, 'SIGTERM');
      },
    });
    assert.deepEqual(locked, [true]);
    // By its own way out, with the code that shells give for the signal.
    assert.ok(outcome.kind === 'failed' && /\(code 143\)/.test(outcome.message), JSON.stringify(outcome));
    assert.equal(existsSync(lock), false);
    const events: RunEvent[] = [];
    const resumed = await run(folder, {
      resume: true,
      onEvent: (event, worker) => {
        events.push(event);
        if (event.type === 'step') worker.stop();
      },
    });
    assert.deepEqual(resumed.outcome, { kind: 'stopped' });
    const [first] = events;
    assert.ok(first?.type === 'resumed' && first.keep >= 0, JSON.stringify(first));
  });

  it('keeps a second worker out of the folder', async () => {
    const folder = create(tinyConfig({ engine: 'fused', budget: { epochs: 5000 } }));
    let second: Promise<{ outcome: WorkerOutcome }> | undefined;
    const first = await run(folder, {
      onEvent: (event, worker) => {
        if (event.type === 'step' && !second) {
          second = run(folder, { resume: true });
          void second.then(() => worker.stop());
        }
      },
    });
    assert.equal(first.outcome.kind, 'stopped');
    const { outcome } = await second!;
    assert.ok(outcome.kind === 'failed' && /already being worked on/.test(outcome.message));
  });

  it('explains a crash', async () => {
    const folder = create(tinyConfig({ engine: 'fused', budget: { epochs: 5000 } }));
    const { outcome } = await run(folder, {
      onEvent: (event, worker) => {
        if (event.type === 'step') process.kill(worker.pid!, 'SIGSEGV');
      },
    });
    assert.ok(
      outcome.kind === 'failed' && /SIGSEGV/.test(outcome.message) && /resumed/.test(outcome.hint ?? ''),
    );
  });

  it('answers nonsense with an error and ends', async () => {
    const child = fork(script, [], { execArgv: [], serialization: 'advanced', silent: true });
    const messages: unknown[] = [];
    child.on('message', (message) => messages.push(message));
    child.once('message', () => child.send({ type: 'dance' }));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 1);
    const last = workerMessageSchema.parse(messages.at(-1));
    assert.equal(last.type, 'failed');
  });

  it('ends when its host goes', async () => {
    const child = fork(script, [], { execArgv: [], serialization: 'advanced', silent: true });
    child.once('message', () => child.disconnect());
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 0);
  });

  it('keeps the events that were superseded in the log', async () => {
    const folder = create(tinyConfig({ final: { epochs: 0 } }));
    let killed = false;
    await run(folder, {
      onEvent: (event, worker) => {
        if (event.type === 'step' && !killed) killed = process.kill(worker.pid!, 'SIGKILL');
      },
    });
    const before = readEventLog(folder.eventsPath).events;
    await run(folder, { resume: true });
    const after = readEventLog(folder.eventsPath).events;
    assert.deepEqual(after.slice(0, before.length), before);
    assert.equal(stateOf(folder).alphas.length, 15);
    assert.ok(effectiveEvents(after).length <= after.length);
  });
});
