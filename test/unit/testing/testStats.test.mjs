import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../../scripts/process.mjs';

describe('the reporter of counts', () => {
  /** @type {string} */
  let folder;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'nas-stats-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('counts the assertions of each test, whether they hold or not, and keeps the errors', () => {
    const suite = path.join(folder, 'suite.test.mjs');
    writeFileSync(
      suite,
      `import assert from 'node:assert/strict';
      describe('suite', () => {
        beforeEach(() => assert.ok(true));
        it('holds', () => { for (let i = 0; i < 5; i++) assert.equal(i, i); assert.throws(() => assert.fail('no')); });
        it('does not hold', () => { assert.deepEqual([1], [2]); assert.ok(true); });
        it('is left out');
      });`,
    );
    const output = path.join(folder, 'stats.json');
    const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
    const reporter = [
      '--reporter',
      'scripts/testing/statsReporter.cjs',
      '--reporter-option',
      `output=${output}`,
    ];
    const run = spawnSync(process.execPath, [mocha, '--no-config', suite, ...reporter], { cwd: root });
    assert.equal(run.status, 1);
    const stats = JSON.parse(readFileSync(output, 'utf8'));
    assert.ok(stats.loading > 0);
    assert.ok(stats.tests.every((/** @type {{ processor: number }} */ { processor }) => processor > 0));
    assert.deepEqual([stats.passes, stats.failures, stats.pending, stats.assertions], [1, 1, 1, 10]);
    assert.deepEqual(
      stats.tests.map((/** @type {{ assertions: number }} */ { assertions }) => assertions),
      [8, 2, 0],
    );
    assert.equal(stats.failed[0].title, 'suite does not hold');
    assert.match(stats.failed[0].error, /deep/);
  });
});
