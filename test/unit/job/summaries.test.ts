/** The process that writes event files for TensorBoard: a run does not depend on it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSummaries } from '../../../src/job/summaries';
import { scalarsOf } from '../../../src/protocol/scalars';
import type { RunEvent } from '../../../src/protocol/events';

const stamp = { seq: 1, time: 0 };
const step: RunEvent = {
  ...{ ...stamp, type: 'step', phase: 'baseline', index: 1, epoch: 0, step: 5 },
  ...{ loss: 2, accuracy: 0.5, learningRate: 0.1 },
};

describe('summaries of a run', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-summaries-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('say once why there are none, and hold nothing up', async () => {
    const reasons: string[] = [];
    const script = join(folder, 'dies.cjs');
    writeFileSync(script, "console.error('no library'); process.exit(3);");
    const summaries = new RunSummaries({
      folder: join(folder, 'tensorboard'),
      process: { script, threads: 1 },
      onFailure: (reason) => reasons.push(reason),
    });
    for (let i = 0; i < 3; i++) summaries.add(step);
    await summaries.close();
    summaries.add(step);
    assert.equal(reasons.length, 1);
    assert.match(reasons[0]!, /code 3.*no library/);
    assert.deepEqual(readdirSync(folder), ['dies.cjs']);
  });

  it('have the curves of a network under a name of its own, and none of trials', () => {
    assert.deepEqual(scalarsOf(step), [
      { tag: 'random 2 steps/loss', value: 2, step: 5 },
      { tag: 'random 2 steps/accuracy', value: 0.5, step: 5 },
      { tag: 'random 2 steps/learning_rate', value: 0.1, step: 5 },
    ]);
    assert.deepEqual(scalarsOf({ ...step, phase: 'search', trial: 3 }), []);
  });
});
