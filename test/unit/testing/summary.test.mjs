import assert from 'node:assert/strict';
import { failuresOf, summarize } from '../../../scripts/testing/summary.mjs';

const counts = { passes: 1200, failures: 0, pending: 0, assertions: 34567, failed: [] };
const passed = { title: 'Unit tests', seconds: 12.34, processor: 20.06, code: 0, output: '', counts };
const error = 'AssertionError: 1 !== 2\n\n    at first (a.test.ts:1:2)\n';
const failing = {
  ...passed,
  title: 'Dashboard',
  code: 1,
  counts: {
    passes: 3,
    failures: 1,
    pending: 2,
    assertions: 10,
    failed: [{ title: 'a chart is drawn', error }],
  },
};
const lint = {
  title: 'Lint',
  seconds: 3,
  processor: 0,
  code: 2,
  output: `${'line\n'.repeat(50)}src/a.ts: unused\n`,
};

describe('the end of a test run', () => {
  it('counts tests and assertions, and ends with the line that machines read', () => {
    const lines = summarize([passed]);
    assert.deepEqual(lines.slice(-3), [
      '20 s of the processors',
      '1,200 tests, 34,567 assertions',
      '1200 passed, 0 failed',
    ]);
    assert.ok(lines.some((line) => /^Unit tests +passed +12\.3 s +20\.1 s of the processors$/.test(line)));
    assert.ok(!lines.includes('Failures:'));
  });

  it('lists every failure: its stage, its test, the first lines of its error', () => {
    const lines = summarize([failing, passed, lint], ['Packaged extension']);
    const text = lines.join('\n');
    assert.match(text, /Dashboard › a chart is drawn\n +AssertionError: 1 !== 2\n +at first/);
    assert.match(text, /Lint › ended with code 2\n(.*\n)*? +src\/a\.ts: unused/);
    assert.ok(lines.filter((line) => line.trim() === 'line').length < 20);
    assert.match(text, /Packaged extension +not run/);
    assert.deepEqual(lines.slice(-3), [
      '1,204 tests, 34,577 assertions',
      '2 skipped',
      '1203 passed, 2 failed',
    ]);
  });

  it('counts a suite that broke before its first test as one failure', () => {
    assert.equal(failuresOf({ ...passed, code: 1, output: 'Cannot find module\n' }).length, 1);
    assert.deepEqual(failuresOf(passed), []);
  });
});
