/**
 * What a run of mocha did, for the end of `npm test`: counts, every failure, and how often `node:assert` was called. The
 * last is what tells that a test which became faster still checks as much as before.
 */
const assert = require('node:assert/strict');
const path = require('node:path');
const { processorSeconds } = require('./processorTime.cjs');

/** Calls of `node:assert/strict` in this process, whether they passed or not. */
let assertions = 0;

/** Which are assertions; the rest of the module's properties are classes and aliases. */
const names = [
  'ok',
  'equal',
  'notEqual',
  'deepEqual',
  'notDeepEqual',
  'strictEqual',
  'notStrictEqual',
  'deepStrictEqual',
  'notDeepStrictEqual',
  'match',
  'doesNotMatch',
  'throws',
  'doesNotThrow',
  'rejects',
  'doesNotReject',
  'ifError',
  'fail',
];

/** Puts a counter before every function of `node:assert/strict`. The module's own calls among them pass it by. */
function countAssertions() {
  for (const name of names) {
    const checked = assert[name];
    // Arrow functions would lose the frame at which Node starts an AssertionError's stack.
    assert[name] = function counted(...args) {
      assertions++;
      return checked.apply(this, args);
    };
  }
}

countAssertions();

/**
 * @typedef {object} TestRecord
 * @property {string} title of the test with those of its suites
 * @property {string} file relative to the folder that mocha runs in
 * @property {'passed' | 'failed' | undefined} state undefined for a test that was skipped
 * @property {number} milliseconds
 * @property {number} assertions made by the test and by the hooks before it
 * @property {number} processor seconds, with the hooks before it and the children that ended
 */

/**
 * @typedef {object} TestStats
 * @property {number} passes
 * @property {number} failures with those of hooks
 * @property {number} pending
 * @property {number} assertions
 * @property {number} loading seconds of the processor before the first test: the test files and what they import
 * @property {TestRecord[]} tests
 * @property {{ title: string, error: string }[]} failed tests and hooks
 */

/**
 * Follows a run.
 * @param {import('mocha').Runner} runner
 * @returns {() => TestStats} to be called when it has ended
 */
function collect(runner) {
  /** @type {TestRecord[]} */
  const tests = [];
  /** @type {TestStats['failed']} */
  const failed = [];
  const first = assertions;
  let seen = assertions;
  const loading = processorSeconds();
  let taken = loading;
  runner.on('fail', (test, error) => {
    failed.push({ title: test.fullTitle(), error: String(error?.stack ?? error) });
  });
  runner.on('test end', (test) => {
    const processor = processorSeconds();
    tests.push({
      title: test.fullTitle(),
      file: path.relative(process.cwd(), test.file ?? ''),
      state: test.state,
      milliseconds: test.duration ?? 0,
      assertions: assertions - seen,
      processor: processor - taken,
    });
    seen = assertions;
    taken = processor;
  });
  return () => {
    const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
    return { passes, failures, pending, assertions: assertions - first, loading, tests, failed };
  };
}

module.exports = { collect };
