/** Event files of runs, read back by TensorBoard. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scalarsOf } from '../../src/protocol/scalars';
import { effectiveEvents } from '../../src/protocol/runState';
import { readEventLog } from '../../src/runs/eventLog';
import { RunFolder } from '../../src/runs/runFolder';
import { useCommandLine } from '../support/commandLine';
import { killAfterSteps } from '../support/killed';
import { runPython } from './pythons';

describe('event files of TensorBoard', () => {
  const line = useCommandLine();

  function write(output: object): string {
    const config = path.join(line.folder, 'tiny.nas.json');
    const content = {
      space: { nodes: 1, cells: 3, channels: 2, stemMultiplier: 1 },
      data: { set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8 },
      training: { batchSize: 8 },
      budget: { epochs: 2 },
      final: { epochs: 2, cells: 3, channels: 2, batchSize: 16, randomNetworks: 1, proof: false },
      output: { logEverySteps: 1, ...output },
    };
    writeFileSync(config, JSON.stringify(content));
    return config;
  }

  const theRun = (): RunFolder =>
    RunFolder.open(path.join(line.folder, 'runs', readdirSync(path.join(line.folder, 'runs'))[0]!));

  it('have every curve of a run once, though it was killed and resumed', async () => {
    await killAfterSteps(['run', write({}), '--tensorboard'], 7);
    const run = theRun();
    const { code, err } = await line.nas(['resume', run.path]);
    assert.equal(code, 0, err);
    const expected: Record<string, number[][]> = {};
    for (const event of effectiveEvents(readEventLog(run.eventsPath).events)) {
      for (const { tag, step, value } of scalarsOf(event)) {
        (expected[tag] ??= []).push([step, Math.fround(value)]);
      }
    }
    assert.equal(expected['search steps/loss']!.length, 10);
    assert.equal(expected['random 1/test_accuracy']!.length, 1);
    assert.deepEqual(await runPython('tensorboard', line.folder, { folder: run.summariesPath }), expected);
  });
});
