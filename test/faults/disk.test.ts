/**
 * Disks that are full, fail or may not be written any more, from any call on, and clocks that are set: a run says what is wrong, and goes
 * on from where it was once that is over. `NAS_FAULTS=300` tries so many calls of each kind.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../../src/errors';
import { Control } from '../../src/job/control';
import { prepareJob, type PreparedJob } from '../../src/job/prepare';
import { runJob } from '../../src/job/run';
import { effectiveEvents } from '../../src/protocol/runState';
import { Random } from '../../src/random';
import { readEventLog } from '../../src/runs/eventLog';
import type { RunFolder } from '../../src/runs/runFolder';
import { proofProcess } from '../support/proof';
import { createRun, tinyConfig } from '../support/tinyConfig';
import { FailingDisk, type DiskError } from './failingDisk';

const calls = Number(process.env['NAS_FAULTS'] ?? 12);

/** How a failure is told. */
const codes: Readonly<Record<DiskError, { readonly code: string | undefined; readonly message: RegExp }>> = {
  ENOSPC: { code: 'disk-full', message: /^The disk is full: .+ could not be written\.$/ },
  EROFS: { code: 'unwritable', message: /cannot be written\.$/ },
  EIO: { code: undefined, message: /.+/ },
};

describe('a run', () => {
  const config = tinyConfig({ budget: { epochs: 2 } });
  let parent: string;
  let prepared: PreparedJob;
  before(async () => {
    parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'nas-disk-')));
    prepared = await prepareJob(config, { configFolder: '/', engine: 'fused', threads: 1 });
  });
  after(() => rmSync(parent, { recursive: true, force: true }));

  async function work(folder: RunFolder, onEvent: () => void = () => undefined): Promise<void> {
    const release = folder.lock();
    try {
      const ended = await runJob({
        ...{ folder, prepared, control: new Control(), proof: proofProcess },
        onEvent,
        onTelemetry: () => undefined,
      });
      assert.equal(ended, 'finished');
    } finally {
      release();
    }
  }

  function comparable(folder: RunFolder): unknown {
    const events = effectiveEvents(readEventLog(folder.eventsPath).events)
      .filter(({ type }) => !['resumed', 'failed', 'notice'].includes(type))
      .map((event) => ({ ...event, time: 0, seq: 0, ...('runId' in event && { runId: '' }) }));
    const { finishedAt: _, runId: _id, ...result } = folder.readResult()!;
    return { events, result, genotype: folder.readGenotype()?.genotype };
  }

  let expected: unknown;
  let length: number;
  before(async () => {
    const folder = createRun(parent, config);
    const disk = new FailingDisk(folder.path, 'ENOSPC');
    try {
      await work(folder);
    } finally {
      disk.dispose();
    }
    length = disk.length;
    expected = comparable(folder);
    assert.ok(length > 50);
  });

  for (const [code, told] of Object.entries(codes) as [DiskError, (typeof codes)[DiskError]][]) {
    it(`whose disk says ${code} from one of ${calls} calls on tells so, and then goes on`, async () => {
      const random = Random.fromSeed(11, code);
      for (let i = 0; i < calls; i++) {
        const folder = createRun(parent, config);
        const from = random.integer(length);
        const disk = new FailingDisk(folder.path, code, from);
        try {
          await work(folder);
          // Checkpoints depend on the time, so there may be fewer calls than the first time.
          assert.ok(disk.length <= from, `call ${from} did not fail`);
        } catch (error) {
          if (told.code !== undefined) {
            assert.ok(error instanceof UserError, `call ${from}: ${String(error)}`);
            assert.equal(error.code, told.code, `call ${from}`);
          }
          assert.match((error as Error).message, told.message);
        } finally {
          disk.dispose();
        }
        if (!folder.isFinished) await work(folder);
        assert.deepEqual(comparable(folder), expected, `call ${from}`);
        rmSync(folder.path, { recursive: true });
      }
      console.log(`      ${calls} of ${length} calls`);
    });
  }

  it('whose clock is set back and forth ends as any other', async () => {
    const folder = createRun(parent, config);
    const { now } = Date;
    const random = Random.fromSeed(3, 'clock');
    Date.now = () => now() + 86_400_000 * (random.integer(20_001) - 10_000);
    try {
      let left = 9;
      const interrupted = work(folder, () => {
        if (--left === 0) throw new Error('a crash');
      });
      await assert.rejects(interrupted, /a crash/);
      await work(folder);
    } finally {
      Date.now = now;
    }
    assert.deepEqual(comparable(folder), expected);
  });
});
