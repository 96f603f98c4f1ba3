/** The race of the engines: its decision, its budget, and that nobody waits for a library that hangs or fails. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Control } from '../../../src/job/control';
import type { JobEngine } from '../../../src/job/engine';
import { prepareJob } from '../../../src/job/prepare';
import {
  chooseEngine,
  describeRace,
  hasRoom,
  longestRace,
  race,
  raceBudget,
  raceEngines,
  type RaceContext,
} from '../../../src/job/race';
import { runJob } from '../../../src/job/run';
import { UserError } from '../../../src/errors';
import type { TimedSteps } from '../../../src/network/timedSteps';
import type { RunEvent } from '../../../src/protocol/events';
import { readEventLog } from '../../../src/runs/eventLog';
import type { RunFolder } from '../../../src/runs/runFolder';
import { childGone, childNoted, notingItself } from '../../support/children';
import { proofProcess } from '../../support/proof';
import { createRun, tinyConfig } from '../../support/tinyConfig';

/** An engine that wins no race. */
const neverUsed: JobEngine = {
  ...{ engine: 'reference', threads: 1, name: 'tensorflow', description: 'the rival', notices: [] },
};

/** Steps of a fixed length on a clock of their own. */
class Course {
  milliseconds = 0;
  readonly log: string[] = [];

  steps(name: string, ...lengths: number[]): TimedSteps {
    let at = 0;
    return {
      step: () => {
        const length = lengths[Math.min(at++, lengths.length - 1)]!;
        this.milliseconds += length;
        this.log.push(name);
        return Promise.resolve(length);
      },
      dispose: () => void this.log.push(`${name} ends`),
    };
  }

  run(context: Pick<RaceContext, 'fused' | 'steps'> & Partial<RaceContext>): ReturnType<typeof race> {
    return race({
      startTensorflow: () => Promise.reject(new UserError('not set up')),
      interrupted: () => false,
      now: () => this.milliseconds,
      ...context,
    });
  }
}

describe('race of the engines', () => {
  it('goes to TensorFlow from 1.15 times as fast on, and else to the fused engine', () => {
    assert.equal(chooseEngine({ fused: 114, tensorflow: 100 }), 'fused');
    assert.equal(chooseEngine({ fused: 115, tensorflow: 100 }), 'tensorflow');
    assert.equal(chooseEngine({ fused: 300, tensorflow: 100 }), 'tensorflow');
    assert.equal(chooseEngine({ fused: 41, tensorflow: 120 }), 'fused');
  });

  it('may take 2 % of the job and ten seconds', () => {
    assert.equal(raceBudget(100_000), 2000);
    assert.equal(raceBudget(500_000), longestRace);
    assert.equal(raceBudget(86_400_000), longestRace);
  });

  it('has room where the process can start and do two steps of half the time', () => {
    assert.equal(hasRoom(1600, 100), true);
    assert.equal(hasRoom(1599, 100), false);
  });

  it('is said in one line', () => {
    assert.equal(
      describeRace({ fused: 41.2, tensorflow: 119.7 }),
      'Race of engines: fused 41 ms, TensorFlow 120 ms a step: fused.',
    );
    assert.equal(
      describeRace({ fused: 12, tensorflow: 9.46 }),
      'Race of engines: fused 12 ms, TensorFlow 9.5 ms a step: TensorFlow.',
    );
  });

  it('takes the medians of three steps each after a first one, one engine after the other', async () => {
    const course = new Course();
    const times = await course.run({
      fused: course.steps('fused', 900, 100, 140, 120),
      startTensorflow: () => Promise.resolve(course.steps('other', 700, 80, 60, 70)),
      steps: 10_000,
    });
    assert.deepEqual(times, { fused: 120, tensorflow: 70 });
    assert.deepEqual(course.log, [
      ...['fused', 'fused', 'fused', 'fused', 'fused ends'],
      ...['other', 'other', 'other', 'other', 'other ends'],
    ]);
  });

  it('is skipped before a step where two are more than 2 % of the job', async () => {
    const course = new Course();
    assert.equal(await course.run({ fused: course.steps('fused', 100), steps: 100 }), undefined);
    assert.deepEqual(course.log, ['fused ends']);
  });

  it('is skipped where 2 % of the job are too few for the start of a process', async () => {
    const course = new Course();
    // 85 s: 1.7 seconds for the race, of which 0.2 are over, and 1.6 are needed.
    const started = (): never => assert.fail('TensorFlow was started');
    const context = { fused: course.steps('fused', 100), startTensorflow: started, steps: 850 };
    assert.equal(await course.run(context), undefined);
    assert.deepEqual(course.log, ['fused', 'fused', 'fused ends']);
  });

  it('ends when its time is up, and counts the steps that were done by then', async () => {
    const course = new Course();
    const other = course.steps('other', 100, 90);
    const dispose = other.dispose.bind(other);
    let steps = 0;
    const hanging: TimedSteps = {
      step: () => {
        if (++steps <= 2) return other.step();
        course.milliseconds += longestRace;
        // Whoever is killed does not answer.
        return new Promise(
          (_, reject) => (hanging.dispose = () => (dispose(), reject(new UserError('killed')))),
        );
      },
      dispose,
    };
    const context = { startTensorflow: () => Promise.resolve(hanging), steps: 1e6 };
    assert.deepEqual(await course.run({ fused: course.steps('fused', 100), ...context }), {
      fused: 100,
      tensorflow: 90,
    });
    assert.equal(course.log.at(-1), 'other ends');
  });

  it('has no outcome where no step of TensorFlow ends in time, nor where the job is stopped', async () => {
    for (const stop of [false, true]) {
      const course = new Course();
      let stopped = false;
      const hanging: TimedSteps = {
        step: () => {
          if (stop) stopped = true;
          else course.milliseconds += longestRace;
          return new Promise((_, reject) => {
            hanging.dispose = () => reject(new UserError('killed'));
          });
        },
        dispose: () => assert.fail('nothing to end'),
      };
      const times = await course.run({
        fused: course.steps('fused', 100),
        startTensorflow: () => Promise.resolve(hanging),
        interrupted: () => stopped,
        steps: 1e6,
      });
      assert.equal(times, undefined);
    }
  });

  it('ends after the step under way where the job is stopped, and starts nothing more', async () => {
    const course = new Course();
    const fused = course.steps('fused', 100);
    let stopped = false;
    const step = async (): Promise<number> => {
      stopped = true;
      return fused.step();
    };
    const startTensorflow = (): Promise<never> => assert.fail('TensorFlow is started');
    const context = { fused: { ...fused, step }, startTensorflow, interrupted: () => stopped, steps: 1e6 };
    assert.equal(await course.run(context), undefined);
    assert.deepEqual(course.log, ['fused', 'fused ends']);
  });

  it('has no outcome where TensorFlow is not set up, and throws what is a defect', async () => {
    const course = new Course();
    const context = { fused: course.steps('fused', 100), steps: 1e6 };
    assert.equal(await course.run(context), undefined);
    const broken = (): Promise<never> => Promise.reject(new TypeError('a defect'));
    await assert.rejects(course.run({ ...context, startTensorflow: broken }), TypeError);
  });
});

describe('a race that is stopped while TensorFlow starts', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-race-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const config = tinyConfig({ final: { epochs: 0 } });

  /**
   * Races until it is stopped, which leaves the engine as it was.
   * @param rival how TensorFlow is made ready
   * @param script its process
   */
  async function raceUntil(
    stopped: () => boolean,
    rival: NonNullable<JobEngine['startRival']>,
    script: string,
  ): Promise<void> {
    const prepared = await prepareJob(config, { configFolder: folder, engine: 'auto', threads: 1 });
    const engine = { ...prepared.engine, startRival: rival };
    const outcome = await raceEngines({
      ...{ config, prepared: { ...prepared, engine }, interrupted: stopped },
      // So long a job has room for every race.
      work: 1e30,
      process: { script, threads: 1 },
    });
    assert.deepEqual(outcome, { engine });
  }

  it('ends the process that never answers', async () => {
    const script = join(folder, 'neverAnswers.cjs');
    const note = join(folder, 'pid');
    // It does not even end with its parent.
    const hangs = "process.on('message', () => { for (;;); });";
    writeFileSync(script, `${notingItself(note)} ${hangs}`);
    const rival = (): Promise<JobEngine> => Promise.resolve(neverUsed);
    await raceUntil(() => existsSync(note), rival, script);
    await childGone(await childNoted(note));
  });

  it('does not wait for a set-up that is being tried, tells it so, and starts no process after it', async () => {
    const processes = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap').length;
    const before = processes();
    let tried = false;
    let trial: AbortSignal | undefined;
    let answer!: (engine: JobEngine) => void;
    const late = new Promise<JobEngine>((resolve) => (answer = resolve));
    const rival = (signal?: AbortSignal): Promise<JobEngine> => {
      tried = true;
      trial = signal;
      return late;
    };
    await raceUntil(() => tried, rival, proofProcess.script);
    assert.equal(trial?.aborted, true);
    answer(neverUsed);
    await new Promise(setImmediate);
    assert.equal(processes(), before, 'a process was started');
  });
});

describe('a race that cannot be', () => {
  it('is left out for a network that the fused engine has no kernels for', async () => {
    const config = tinyConfig({
      space: { type: 'mbconv', stages: [{ channels: 8, depths: [1] }], squeezeExcite: [true] },
      strategy: { type: 'random' },
      budget: { trials: 1 },
      final: { epochs: 0 },
    });
    const prepared = await prepareJob(config, { configFolder: '/', engine: 'cpu', threads: 1 });
    const engine = { ...prepared.engine, startRival: () => assert.fail('TensorFlow is started') };
    const process = { ...proofProcess, threads: 1 };
    const job = { config, prepared: { ...prepared, engine }, work: 1e30, process };
    assert.deepEqual(await raceEngines({ ...job, interrupted: () => false }), { engine });
  });
});

describe('a job and its race', () => {
  let parent: string;
  beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'nas-race-'))));
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const config = tinyConfig({ budget: { epochs: 2 }, final: { epochs: 0 } });

  /** @param change of what `auto` gives */
  async function work(
    folder: RunFolder,
    change: (engine: JobEngine) => JobEngine,
    stopAfter = Infinity,
  ): Promise<string> {
    const options = { configFolder: folder.run.configFolder, engine: 'auto', threads: 1 } as const;
    const prepared = await prepareJob(config, options);
    const control = new Control();
    let steps = 0;
    const onEvent = ({ type }: RunEvent): void => {
      if (type === 'step' && ++steps === stopAfter) control.stop();
    };
    return runJob({
      ...{ folder, control, proof: proofProcess, onEvent, onTelemetry: () => undefined },
      prepared: { ...prepared, engine: change(prepared.engine) },
    });
  }

  /** Stands for native TensorFlow, which not every machine has: another name over the same kernels. */
  const named = (engine: JobEngine): JobEngine => ({
    ...engine,
    name: 'tensorflow',
    description: 'the rival',
    startRival: undefined,
  });
  const withRival = (engine: JobEngine): JobEngine => ({
    ...engine,
    startRival: () => Promise.resolve(named(engine)),
  });

  function enginesOf(folder: RunFolder): string[] {
    const { events } = readEventLog(folder.eventsPath);
    return events.flatMap((event) =>
      event.type === 'run' || event.type === 'resumed' ? [event.engine] : [],
    );
  }

  it('goes on with TensorFlow where that computed before, unless another engine is asked for', async () => {
    const folder = createRun(parent, config);
    assert.equal(await work(folder, named, 2), 'stopped');
    assert.equal(await work(folder, withRival, 2), 'stopped');
    const fixed = (engine: JobEngine): JobEngine => ({
      ...engine,
      startRival: undefined,
      description: 'fixed',
    });
    assert.equal(await work(folder, fixed), 'finished');
    assert.deepEqual(enginesOf(folder), ['the rival', 'the rival', 'fixed']);
  });

  it('goes on with the fused engine without another race', async () => {
    const folder = createRun(parent, config);
    // So short a job is not raced for.
    const rivals = (engine: JobEngine): JobEngine => ({ ...engine, startRival: () => assert.fail('a race') });
    assert.equal(await work(folder, rivals, 2), 'stopped');
    assert.equal(await work(folder, rivals), 'finished');
    const [first, second] = enginesOf(folder);
    assert.match(first!, /^fused engine/);
    assert.equal(second, first);
  });
});
