/** Weights of trials: those of the best one or of all, as they were judged, for export as any other. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadJobData } from '../../../src/job/data';
import { readWeights } from '../../../src/job/weights';
import { FusedNetwork } from '../../../src/network/fused/fusedNetwork';
import { replayRun } from '../../../src/protocol/runState';
import { readEventLog } from '../../../src/runs/eventLog';
import { RunFolder } from '../../../src/runs/runFolder';
import { nasHere } from '../../support/nasHere';

const config = {
  seed: 5,
  space: { nodes: 1, cells: 3, channels: 2, stemMultiplier: 1 },
  data: { set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8 },
  strategy: { type: 'random' },
  estimator: { type: 'training', epochs: 1 },
  training: { batchSize: 8 },
  budget: { trials: 4 },
  final: { epochs: 0 },
};

describe('weights of trials', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-trials-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function runOf(changes: object): Promise<RunFolder> {
    const path = join(folder, 'trials.nas.json');
    writeFileSync(path, JSON.stringify({ ...config, ...changes }));
    const { code, printed } = await nasHere(['run', path, '--threads', '1']);
    assert.equal(code, 0, printed);
    const runs = readdirSync(join(folder, 'runs')).sort();
    return RunFolder.open(join(folder, 'runs', runs.at(-1)!));
  }

  it('are those of the best by default, and give its score again', async () => {
    const run = await runOf({});
    const { trials } = replayRun(readEventLog(run.eventsPath).events);
    const best = trials.reduce((a, b) => (b.score! > a.score! ? b : a));
    const network = `trial-${best.index + 1}`;
    assert.deepEqual(run.trainedNetworks, [network]);
    const { file, plan, weights, statistics } = readWeights(run, network);
    assert.deepEqual(file.genotype, best.genotype);
    assert.match(file.origin.name, new RegExp(` ${network}$`));
    const data = (await loadJobData(run.run.config, { configFolder: folder })).search();
    const fused = new FusedNetwork(plan, 1);
    let [right, images] = [0, 0];
    for (const batch of data.validationBatches()) {
      right += (await fused.evaluate(batch, weights, statistics)).correct;
      images += batch.shape[0];
    }
    fused.dispose();
    assert.equal(right / images, best.score);
    const target = ['--out', folder, '--network', network];
    const exported = await nasHere(['export', run.path, '--format', 'onnx', ...target]);
    assert.equal(exported.code, 0, exported.printed);
    // Its found network was not trained, which is another matter.
    const found = await nasHere(['export', run.path, '--format', 'onnx', '--out', folder]);
    assert.equal(found.code, 2);
    assert.match(found.printed, /trained no final network/);
  });

  it('are kept of all or of none where the config says so, and never of trials that end early', async () => {
    const all = await runOf({ output: { trialWeights: 'all' } });
    assert.deepEqual(all.trainedNetworks, ['trial-1', 'trial-2', 'trial-3', 'trial-4']);
    assert.deepEqual((await runOf({ output: { trialWeights: 'none' } })).trainedNetworks, []);
    const halving = { type: 'asha', epochs: 4, eta: 2 };
    const asha = await runOf({ estimator: halving, output: { trialWeights: 'all' } });
    const { trials } = replayRun(readEventLog(asha.eventsPath).events);
    const whole = trials.filter(({ metrics }) => metrics!['epochs'] === 4);
    assert.ok(whole.length > 0 && whole.length < trials.length);
    assert.deepEqual(
      asha.trainedNetworks,
      whole.map(({ index }) => `trial-${index + 1}`),
    );
  });
});
