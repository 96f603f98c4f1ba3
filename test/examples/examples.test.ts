/** Every example to its end, on real images, by the built command line: what the README promises to work. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireConfig } from '../../src/config/parse';
import type { Config } from '../../src/config/schema';
import { estimators } from '../../src/estimate/estimators';
import { readEventLog } from '../../src/runs/eventLog';
import { replayRun } from '../../src/protocol/runState';
import { RunFolder } from '../../src/runs/runFolder';
import { strategies, strategyNamed } from '../../src/search/strategies';
import { spaces } from '../../src/space/registry';

const root = join(__dirname, '../..');
const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.nas.json'));
/** It is what `npm start` runs, for a minute. */
const startExample = 'mnist-quick.nas.json';

function read(name: string): Promise<Config> {
  return requireConfig(readFileSync(join(root, 'examples', name), 'utf8'), name);
}

/** @returns the exit code and what was written to the terminal */
function nas(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'dist/cli.js'), ...args], { cwd: root });
    let output = '';
    child.stdout.on('data', (data) => (output += String(data)));
    child.stderr.on('data', (data) => (output += String(data)));
    child.on('close', (code) => resolve({ code, output }));
  });
}

describe('examples', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'nas-examples-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('show every space, strategy and estimator', async () => {
    const configs = await Promise.all(examples.map(read));
    const used = (pick: (config: Config) => string): Set<string> => new Set(configs.map(pick));
    const missing = [
      ...spaces.map(({ name }) => name).filter((name) => !used(({ space }) => space.type).has(name)),
      ...strategies
        .map(({ name }) => name)
        .filter((name) => !used(({ strategy }) => strategy.type).has(name)),
      ...estimators
        .map(({ name }) => name)
        .filter((name) => !used(({ estimator }) => estimator.type).has(name)),
    ];
    assert.deepEqual(missing, []);
  });

  for (const name of examples.filter((example) => example !== startExample)) {
    it(`${name} runs to its end`, async () => {
      const parent = join(folder, name);
      const { code, output } = await nas(['run', join('examples', name), '--out', parent]);
      assert.equal(code, 0, output);
      const [run] = readdirSync(parent);
      const opened = RunFolder.open(join(parent, run!));
      const { config } = opened.run;
      const state = replayRun(readEventLog(opened.eventsPath).events);
      const result = opened.readResult()!;
      assert.equal(state.status, 'finished');
      assert.ok(state.run!.images.train > 0);
      // Trained on real digits for a moment, a network does better than chance, which is 0.1.
      assert.ok(result.found!.testAccuracy > 0.15, `test accuracy ${result.found!.testAccuracy}`);
      assert.equal(result.random.length, config.final.randomNetworks);
      assert.deepEqual(result.brokenLimits, []);
      if (strategyNamed(config.strategy.type).kind === 'sampling') {
        assert.equal(state.trials.length, config.budget.trials);
        const scores = state.trials.flatMap(({ score }) => (score === undefined ? [] : [score]));
        const best = state.trials.find(({ score }) => score === Math.max(...scores))!;
        assert.deepEqual(result.genotype, best.genotype);
      } else {
        assert.ok(state.alphas.length > 0);
        assert.equal(state.collapses.length, state.genotypes.length);
      }
    });
  }
});
