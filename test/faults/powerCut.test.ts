/**
 * Power cuts: a run whose file calls are recorded is found as it may be after one at any moment, resumed, and ends as it would have.
 * `NAS_FAULTS=500` tries so many moments.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Control } from '../../src/job/control';
import { prepareJob, type PreparedJob } from '../../src/job/prepare';
import { runJob } from '../../src/job/run';
import type { ConfigInput } from '../../src/config/schema';
import { UserError } from '../../src/errors';
import { effectiveEvents } from '../../src/protocol/runState';
import { Random } from '../../src/random';
import { readEventLog } from '../../src/runs/eventLog';
import { listRuns, type RunFolder } from '../../src/runs/runFolder';
import { proofProcess } from '../support/proof';
import { createRun, tinyConfig } from '../support/tinyConfig';
import { RecordedDisk } from './recordedDisk';

const moments = Number(process.env['NAS_FAULTS'] ?? 24);

const cases: Readonly<Record<string, ConfigInput>> = {
  'a gradient search': { budget: { epochs: 2 } },
  'a sampling search': {
    strategy: { type: 'random' },
    estimator: { type: 'training', epochs: 1 },
    budget: { trials: 4 },
  },
};

describe('a power cut', () => {
  let parent: string;
  before(() => (parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'nas-power-')))));
  after(() => rmSync(parent, { recursive: true, force: true }));

  const work = async (folder: RunFolder, prepared: PreparedJob): Promise<void> => {
    const ended = await runJob({
      ...{ folder, prepared, control: new Control(), proof: proofProcess },
      onEvent: () => undefined,
      onTelemetry: () => undefined,
    });
    assert.equal(ended, 'finished');
  };

  /** What a run has done and found, without what may differ between two runs. */
  function comparable(folder: RunFolder): unknown {
    const events = effectiveEvents(readEventLog(folder.eventsPath).events)
      .filter(({ type }) => !['resumed', 'stopped', 'failed', 'notice'].includes(type))
      .map((event) => ({ ...event, time: 0, seq: 0, ...('runId' in event && { runId: '', engine: '' }) }));
    const { finishedAt: _, ...result } = folder.readResult()!;
    return { events, result, genotype: folder.readGenotype()?.genotype };
  }

  for (const [title, changes] of Object.entries(cases)) {
    it(`of ${title} loses nothing, at any of ${moments} moments`, async () => {
      const config = tinyConfig(changes);
      const prepared = await prepareJob(config, { configFolder: '/', engine: 'fused', threads: 1 });
      const root = path.join(parent, title.replaceAll(' ', '-'));
      const disk = new RecordedDisk(root);
      const ends: number[] = [];
      let expected: unknown;
      try {
        const folder = createRun(root, config);
        ends.push(disk.length);
        await work(folder, prepared);
        expected = comparable(folder);
      } finally {
        disk.dispose();
      }
      const random = Random.fromSeed(7, title);
      const counts = { anew: 0, resumed: 0, finished: 0, nothing: 0 };
      for (let i = 0; i < moments; i++) {
        const target = path.join(parent, `${path.basename(root)}-${i}`);
        disk.cut(1 + random.integer(disk.length), target, random);
        const found = listRuns(target);
        if (found.length === 0) {
          // The power was cut before the run was announced, when its folder was being made.
          counts.nothing++;
        } else {
          const [folder] = found as [RunFolder];
          if (folder.isFinished) counts.finished++;
          else {
            await work(folder, prepared).catch((error: unknown) => {
              assert.ok(error instanceof UserError);
              throw new Error(`moment ${i}: ${error.message}`);
            });
            const { events } = readEventLog(folder.eventsPath);
            const resumed = events.findLast(({ type }) => type === 'resumed');
            counts[resumed?.type === 'resumed' && resumed.keep >= 0 ? 'resumed' : 'anew']++;
          }
          assert.deepEqual(comparable(folder), expected, `moment ${i}`);
        }
        rmSync(target, { recursive: true });
      }
      console.log(`      ${disk.length} file calls; ${JSON.stringify(counts)}`);
      assert.ok(counts.resumed > 0);
      assert.ok(existsSync(root));
    });
  }
});
