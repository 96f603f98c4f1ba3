/** What `nas inspect` says about memory against what `nas run` takes, both as built. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigInput } from '../../../src/config/schema';
import type { MemoryForecast } from '../../../src/study/memory';

const cli = join(__dirname, '../../../dist/cli.js');

const common: ConfigInput = {
  seed: 1,
  strategy: { warmupEpochs: 0 },
  budget: { epochs: 1 },
};
/** Enough that a batch of the evaluation is full. */
const data = { set: 'synthetic', trainImages: 250, testImages: 250 } as const;

const configs: Record<string, ConfigInput> = {
  'a laptop-sized search': {
    ...common,
    preset: 'laptop',
    data: { ...data, imageSize: 14 },
    final: { epochs: 0 },
  },
  // The networks come one after the other: together they would take half as much again.
  'a search at C 8, 4 cells, batch 32, and the training of three networks': {
    ...common,
    space: { channels: 8, cells: 4 },
    training: { batchSize: 32 },
    data,
    final: { epochs: 1, cells: 3, channels: 8, batchSize: 32, randomNetworks: 2 },
  },
};

describe('memory of a search', function () {
  let folder: string;
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-memory-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const [title, config] of Object.entries(configs)) {
    it(`is said beforehand within 15 % for ${title}`, () => {
      const file = join(folder, 'search.nas.json');
      writeFileSync(file, JSON.stringify(config));
      const inspected = execFileSync(process.execPath, [cli, 'inspect', file, '--json'], {
        encoding: 'utf8',
      });
      const { memory } = JSON.parse(inspected) as { memory: MemoryForecast };
      const hook = join(__dirname, 'peakMemory.cjs');
      const { status, stderr } = spawnSync(process.execPath, ['--require', hook, cli, 'run', file], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      const peak = Number(/peak (\d+)/.exec(stderr)?.[1]);
      const error = Math.abs(memory.peak / peak - 1);
      assert.ok(error < 0.15, `${memory.peak} bytes were forecast, ${peak} were taken`);
    });
  }
});
