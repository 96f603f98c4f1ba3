/** What the end of `npm test` says: a line for each stage, every failure, and the counts. */

/**
 * @typedef {object} Counts
 * @property {number} passes
 * @property {number} failures
 * @property {number} pending
 * @property {number} assertions
 * @property {{ title: string, error: string }[]} failed
 */

/**
 * @typedef {object} Outcome of one stage
 * @property {string} title
 * @property {number} seconds
 * @property {number} processor seconds that it took of the processors, 0 where the system does not tell
 * @property {number} code its exit code
 * @property {string} output all that it printed, as far as it is known
 * @property {Counts} [counts] of a stage that consists of tests
 */

/** How many lines of an error are repeated at the end. */
const linesOfError = 16;

/**
 * Failures of a stage. One that fails without a failing test, such as a check or a suite that broke before its first
 * test, has one: the end of what it printed.
 * @param {Outcome} outcome
 * @returns {{ title: string, error: string }[]}
 */
export function failuresOf({ code, output, counts }) {
  if (counts && counts.failed.length > 0) return counts.failed;
  if (code === 0) return [];
  const lines = output.trimEnd().split('\n').slice(-linesOfError);
  return [{ title: `ended with code ${code}`, error: lines.join('\n') }];
}

/**
 * The first lines that are not blank.
 * @param {string} error
 * @param {number} count
 */
function firstLines(error, count) {
  return error
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, count)
    .map((line) => `      ${line}`);
}

/** @param {number} count */
const grouped = (count) => count.toLocaleString('en-US');

/**
 * @param {readonly Outcome[]} outcomes
 * @param {readonly string[]} unfinished titles of stages that did not run
 * @returns {string[]} lines; the last is `N passed, N failed`, which machines read
 */
export function summarize(outcomes, unfinished = []) {
  const lines = [''];
  const column = (/** @type {number} */ seconds) => `${seconds.toFixed(1).padStart(7)} s`;
  for (const { title, seconds, processor, code } of outcomes) {
    const ended = (code === 0 ? 'passed' : 'FAILED').padEnd(7);
    lines.push(`${title.padEnd(42)} ${ended} ${column(seconds)} ${column(processor)} of the processors`);
  }
  for (const title of unfinished) lines.push(`${title.padEnd(42)} not run`);
  const failures = outcomes.flatMap((outcome) =>
    failuresOf(outcome).map((failure) => ({ stage: outcome.title, ...failure })),
  );
  if (failures.length > 0) lines.push('', 'Failures:');
  for (const { stage, title, error } of failures) {
    lines.push(`  ${stage} › ${title}`, ...firstLines(error, linesOfError));
  }
  const sum = (/** @type {(counts: Counts) => number} */ of) =>
    outcomes.reduce((total, { counts }) => total + (counts ? of(counts) : 0), 0);
  const [passes, pending] = [sum((counts) => counts.passes), sum((counts) => counts.pending)];
  const tests = sum((counts) => counts.passes + counts.failures);
  const processor = outcomes.reduce((total, outcome) => total + outcome.processor, 0);
  lines.push('', `${grouped(Math.round(processor))} s of the processors`);
  lines.push(`${grouped(tests)} tests, ${grouped(sum((counts) => counts.assertions))} assertions`);
  if (pending > 0) lines.push(`${pending} skipped`);
  lines.push(`${passes} passed, ${failures.length} failed`);
  return lines;
}
