/**
 * `npm test`: everything that has to hold, from the cheapest check to the real editor. Stops at the first stage that fails.
 * `--only NAME` runs one stage. The last line is `N passed, N failed`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.mjs';
import { npmCommand, root, runToEnd } from './process.mjs';
import { ensurePython } from './python.mjs';
import { canRunOffline } from './vscode/offline.mjs';

const temporary = mkdtempSync(path.join(tmpdir(), 'nas-workbench-test-'));
const total = { passes: 0, failures: 0, pending: 0 };
/** @type {{ title: string, seconds: number, outcome: string }[]} */
const done = [];

/** @param {string} packageFile entry of a tool's package, run by this Node */
const tool = (packageFile) => path.join(root, 'node_modules', packageFile);

/**
 * A check that has only an exit code.
 * @param {string} file
 * @param {...string} args
 */
const check =
  (file, ...args) =>
  () =>
    runToEnd(process.execPath, [file, ...args]);

/**
 * Runs tests that leave their counts in a file, and fails where that holds no test.
 * @param {string[]} args of Node; the reporter's file is added by `withFile`
 * @param {(file: string) => { args?: string[], env?: NodeJS.ProcessEnv }} withFile
 */
async function counted(args, withFile) {
  const file = path.join(temporary, `${done.length}.json`);
  const { args: more = [], env = {} } = withFile(file);
  const code = await runToEnd(process.execPath, [...args, ...more], { env: { ...process.env, ...env } });
  const stats = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  for (const key of /** @type {const} */ (['passes', 'failures', 'pending'])) total[key] += stats?.[key] ?? 0;
  if (code !== 0) return code;
  if (stats?.passes > 0) return 0;
  console.error('No test ran.');
  return 1;
}

/**
 * A folder of mocha tests.
 * @param {string} folder below test/
 * @param {() => NodeJS.ProcessEnv} [environment] asked when the stage begins
 */
const mocha = (folder, environment) => () =>
  counted([tool('mocha/bin/mocha.js'), `test/${folder}/**/*.test.{ts,mjs}`], (file) => ({
    args: ['--reporter', 'scripts/statsReporter.cjs', '--reporter-option', `output=${file}`],
    env: environment?.(),
  }));

function pythonEnvironment() {
  const { keras, torch } = ensurePython();
  return { NAS_KERAS_PYTHON: keras, NAS_TORCH_PYTHON: torch };
}

/** Largest .vsix that anyone should have to download, in bytes. */
const packageLimit = 15e6;

/** Packs the extension, installs it into an empty VS Code, and runs a search there without a network. */
async function testPackage() {
  const code = await runToEnd(...npmCommand(['run', 'package', '--silent']));
  if (code !== 0) return code;
  const file = path.join(root, 'nas-workbench.vsix');
  const { size } = statSync(file);
  console.log(`${(size / 1e6).toFixed(2)} MB`);
  if (size > packageLimit) {
    console.error(`The package is larger than ${packageLimit / 1e6} MB.`);
    return 1;
  }
  const offline = canRunOffline();
  if (!offline) console.log('This machine cannot cut a program off from its network, so this runs with it.');
  const args = ['scripts/vscode/runEditorTests.mjs', '--packaged', file, ...(offline ? ['--offline'] : [])];
  return counted(args, (stats) => ({ env: { NAS_TEST_STATS: stats } }));
}

/** @type {Record<string, { title: string, run: () => Promise<number> }>} */
const stages = {
  format: { title: 'Format', run: check(tool('prettier/bin/prettier.cjs'), '--check', '.') },
  lint: { title: 'Lint', run: check(tool('eslint/bin/eslint.js'), '.') },
  types: { title: 'Types', run: check(tool('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json') },
  'webview-types': {
    title: 'Types of the dashboard',
    run: check(tool('typescript/bin/tsc'), '--noEmit', '-p', 'webview/tsconfig.json'),
  },
  unused: { title: 'Unused code', run: check(tool('knip/bin/knip.js')) },
  unit: { title: 'Unit tests', run: mocha('unit') },
  dashboard: { title: 'Dashboard in a browser', run: mocha('webview') },
  generated: { title: 'Generated code in Keras and PyTorch', run: mocha('generated', pythonEnvironment) },
  examples: { title: 'Examples, to their ends', run: mocha('examples') },
  editor: {
    title: 'Extension in the editor',
    run: () => counted(['scripts/vscode/runEditorTests.mjs'], (file) => ({ env: { NAS_TEST_STATS: file } })),
  },
  packaged: { title: 'Packaged extension, installed', run: testPackage },
};

/** Runs one stage and returns its exit code. */
async function runStage(/** @type {{ title: string, run: () => Promise<number> }} */ { title, run }) {
  console.log(`\n── ${title}`);
  const begun = performance.now();
  const failuresBefore = total.failures;
  const code = await run();
  // A check without counts, or a suite that broke before its first test, still is one failure.
  if (code !== 0 && total.failures === failuresBefore) total.failures++;
  done.push({
    title,
    seconds: (performance.now() - begun) / 1000,
    outcome: code === 0 ? 'passed' : 'FAILED',
  });
  return code;
}

function printSummary() {
  console.log('');
  for (const { title, seconds, outcome } of done) {
    console.log(`${title.padEnd(38)} ${outcome.padEnd(7)} ${seconds.toFixed(1).padStart(7)} s`);
  }
  if (total.pending > 0) console.log(`${total.pending} skipped`);
  console.log(`${total.passes} passed, ${total.failures} failed`);
}

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const chosen = values.only === undefined ? Object.keys(stages) : [values.only];
if (chosen.some((name) => !(name in stages))) {
  console.error(`There is no stage ${values.only}. Stages: ${Object.keys(stages).join(', ')}.`);
  process.exit(2);
}
await bootstrap({ tests: true });
let code = 0;
for (const name of chosen) {
  code = await runStage(stages[name]);
  if (code !== 0) break;
}
rmSync(temporary, { recursive: true, force: true });
printSummary();
process.exitCode = code;
