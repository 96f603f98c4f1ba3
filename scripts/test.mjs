/**
 * `npm test`: everything that has to hold, from formatting to the real editor. Stages run side by side, each prints its
 * output when it is done, and one that fails keeps none of the others from running; the end lists every failure. `--only
 * NAME` runs one stage, `--stats FOLDER` keeps what each test did. The last line is `N passed, N failed`.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installPackages } from './bootstrap.mjs';
import { npmCommand, root } from './process.mjs';
import { sideBySide } from './testing/sideBySide.mjs';
import { StageRun } from './testing/stage.mjs';
import { failuresOf, summarize } from './testing/summary.mjs';
import { copyRepository } from './testing/workingCopy.mjs';
import { canRunOffline } from './vscode/offline.mjs';

/** @typedef {import('./testing/sideBySide.mjs').Task} Task */
/** @typedef {import('./testing/summary.mjs').Outcome} Outcome */
/**
 * @typedef {Task & {
 *   title: string,
 *   stage?: string,
 *   needs?: string[],
 *   run: (stage: StageRun) => Promise<number>,
 * }} Stage `stage` is what `--only` names, its own name unless told; `needs` are preparations that must go well before.
 */

/** @param {string} packageFile entry of a tool's package, run by this Node */
const tool = (packageFile) => path.join(root, 'node_modules', packageFile);

/**
 * A check that has only an exit code.
 * @param {string} file
 * @param {...string} args
 */
const check =
  (file, ...args) =>
  (/** @type {StageRun} */ stage) =>
    stage.node([file, ...args]);

/**
 * Folders of mocha tests.
 * @param {string[]} patterns below test/
 * @param {{ ignore?: string[], env?: () => NodeJS.ProcessEnv }} [options] `env` is asked when the stage begins
 */
const mocha =
  (patterns, { ignore = [], env } = {}) =>
  (/** @type {StageRun} */ stage) =>
    stage.counted(
      (file) => [
        tool('mocha/bin/mocha.js'),
        ...patterns.map((pattern) => `test/${pattern}`),
        ...ignore.flatMap((pattern) => ['--ignore', `test/${pattern}`]),
        ...['--reporter', 'scripts/testing/statsReporter.cjs', '--reporter-option', `output=${file}`],
      ],
      env,
    );

/** @type {NodeJS.ProcessEnv} */
const pythons = {};

/**
 * Makes the Pythons ready, and notes where they are.
 * @param {StageRun} stage
 */
async function preparePythons(stage) {
  const code = await stage.node(['scripts/python.mjs']);
  if (code !== 0) return code;
  const { keras, torch } = JSON.parse(stage.output.trim().split('\n').at(-1) ?? '');
  Object.assign(pythons, { NAS_KERAS_PYTHON: keras, NAS_TORCH_PYTHON: torch });
  return 0;
}

/** Largest .vsix that anyone should have to download, in bytes. */
const packageLimit = 15e6;

/**
 * Packs the extension, installs it into an empty VS Code, and runs a search there without a network: in a copy of the
 * repository, since packing builds everything anew for production while other stages read what is built.
 * @param {StageRun} stage
 */
async function testPackage(stage) {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'nas-workbench-package-'));
  try {
    const copy = copyRepository(folder);
    const [command, args, options] = npmCommand(['run', 'package', '--silent']);
    const code = await stage.program(command, args, { ...options, cwd: copy });
    return code === 0 ? await testPackageOf(copy, stage) : code;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * @param {string} copy of the repository, packed
 * @param {StageRun} stage
 */
async function testPackageOf(copy, stage) {
  const file = path.join(copy, 'nas-workbench.vsix');
  const { size } = statSync(file);
  stage.print(`${(size / 1e6).toFixed(2)} MB\n`);
  if (size > packageLimit) {
    stage.print(`The package is larger than ${packageLimit / 1e6} MB.\n`);
    return 1;
  }
  const offline = canRunOffline();
  if (!offline)
    stage.print('This machine cannot cut a program off from its network, so this runs with it.\n');
  const script = path.join(copy, 'scripts', 'vscode', 'runEditorTests.mjs');
  const args = [script, '--packaged', file, ...(offline ? ['--offline'] : [])];
  return stage.counted(
    () => args,
    (stats) => ({ NAS_TEST_STATS: stats }),
  );
}

/** Once the packages are there. Each is quick from the second time on; together they would lock each other out of apt-get. @type {Stage[]} */
const preparations = [
  {
    name: 'build',
    title: 'Build and native TensorFlow',
    waits: true,
    run: (stage) => stage.node(['scripts/bootstrap.mjs', '--tests']),
  },
  {
    name: 'browser',
    title: 'Browser and editor for tests',
    waits: true,
    after: ['build'],
    run: (stage) => stage.node(['scripts/vscode/prepare.mjs']),
  },
  {
    name: 'pythons',
    title: 'Keras and PyTorch for tests',
    waits: true,
    after: ['build', 'browser'],
    run: preparePythons,
  },
];

/** @param {string[]} folders of unit tests */
const unitTests = (...folders) => folders.map((folder) => `unit/${folder}/**/*.test.{ts,mjs}`);
const engineTests = unitTests('network', 'search', 'space');
const runTests = unitTests('cli', 'job', 'worker');

/** Those that last longest begin first, also where they wait more than they compute; what is short fills the gaps. */
/** @type {Stage[]} */
const stages = [
  {
    name: 'generated',
    title: 'Generated code in Keras and PyTorch',
    needs: ['build', 'pythons'],
    run: mocha(['generated/**/*.test.ts'], { env: () => pythons }),
  },
  {
    name: 'unit-runs',
    stage: 'unit',
    title: 'Unit tests: command line, jobs, workers',
    needs: ['build'],
    run: mocha(runTests),
  },
  {
    name: 'examples',
    title: 'Examples, to their ends',
    needs: ['build'],
    run: mocha(['examples/**/*.test.ts']),
  },
  {
    name: 'editor',
    title: 'Extension in the editor',
    needs: ['build', 'browser'],
    run: (stage) =>
      stage.counted(
        () => ['scripts/vscode/runEditorTests.mjs'],
        (file) => ({ NAS_TEST_STATS: file }),
      ),
  },
  {
    name: 'dashboard',
    title: 'Dashboard in a browser',
    needs: ['build', 'browser'],
    run: mocha(['webview/**/*.test.ts']),
  },
  {
    name: 'unit-engine',
    stage: 'unit',
    title: 'Unit tests: networks, searches, spaces',
    needs: ['build'],
    run: mocha(engineTests),
  },
  {
    name: 'faults',
    title: 'Kills, power cuts, failing disks, damaged and changed files',
    needs: ['build'],
    run: mocha(['faults/**/*.test.ts']),
  },
  {
    name: 'unit-rest',
    stage: 'unit',
    title: 'Unit tests: all others',
    needs: ['build'],
    run: mocha(['unit/**/*.test.{ts,mjs}'], { ignore: [...engineTests, ...runTests] }),
  },
  {
    name: 'packaged',
    title: 'Packaged extension, installed',
    needs: ['build', 'browser'],
    run: testPackage,
  },
  { name: 'format', title: 'Format', run: check(tool('oxfmt/bin/oxfmt'), '--check', '.') },
  { name: 'lint', title: 'Lint', run: check(tool('oxlint/bin/oxlint')) },
  { name: 'unused', title: 'Unused code', run: check(tool('knip/bin/knip.js')) },
  {
    name: 'types',
    title: 'Types',
    run: check(tool('typescript-native/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'),
  },
  {
    name: 'webview-types',
    title: 'Types of the dashboard',
    run: check(tool('typescript-native/bin/tsc'), '--noEmit', '-p', 'webview/tsconfig.json'),
  },
];

const nameOf = (/** @type {Stage} */ { name, stage = name }) => stage;
const { values } = parseArgs({ options: { only: { type: 'string' }, stats: { type: 'string' } } });
const chosen = stages.filter((stage) => values.only === undefined || nameOf(stage) === values.only);
if (chosen.length === 0) {
  console.error(`There is no stage ${values.only}. Stages: ${[...new Set(stages.map(nameOf))].join(', ')}.`);
  process.exit(2);
}

// Stages share the cores: threads of one engine would wait for each other, spinning, while another stage has the core of one.
process.env['OMP_NUM_THREADS'] ??= '1';
const temporary = mkdtempSync(path.join(tmpdir(), 'nas-workbench-test-'));
const folder = values.stats ?? temporary;
mkdirSync(folder, { recursive: true });
/** @type {Outcome[]} */
const outcomes = [];
/** @type {Set<string>} */
const broken = new Set();
let interrupted = false;
// Ctrl-C goes to the whole group; this process outlives its children to say how far they came.
process.on('SIGINT', () => (interrupted = true));

/** Runs one stage or preparation and notes how it ended. */
async function runStage(/** @type {Stage} */ { name, title, run, needs = [], waits: prepares = false }) {
  const stage = new StageRun(path.join(folder, name), chosen.length === 1 && !prepares);
  const heading = `\n── ${title}`;
  if (stage.live) console.log(heading);
  else if (!prepares) console.log(`   ${title} begins`);
  const begun = performance.now();
  const missing = needs.filter((need) => broken.has(need));
  let code = 1;
  try {
    if (missing.length > 0) stage.print(`It needs what could not be made ready: ${missing.join(', ')}.\n`);
    else code = await run(stage);
  } catch (error) {
    stage.print(`${/** @type {Error} */ (error).stack}\n`);
  }
  const { output, counts, processor } = stage;
  const outcome = { title, seconds: (performance.now() - begun) / 1000, processor, code, output, counts };
  const failed = failuresOf(outcome).length > 0;
  if (prepares && failed) broken.add(name);
  outcomes.push(outcome);
  if (!stage.live && (!prepares || failed)) console.log(`${heading}\n${output.trimEnd()}`);
}

await installPackages();
const needed = new Set(chosen.flatMap(({ needs = [] }) => needs));
const tasks = [...preparations.filter(({ name }) => needed.has(name)), ...chosen].map((task) => ({
  ...task,
  after: [...(task.after ?? []), ...(task.needs ?? [])],
}));
// Browsers, editors and processes that wait for threads of their own leave processors idle: three more than there are.
const left = await sideBySide(tasks, availableParallelism() + 3, runStage, () => interrupted);
rmSync(temporary, { recursive: true, force: true });
const unfinished = left.filter(({ waits }) => !waits).map(({ title }) => title);
console.log(summarize(outcomes, unfinished).join('\n'));
if (interrupted) process.exitCode = 130;
else if (outcomes.some((outcome) => failuresOf(outcome).length > 0)) process.exitCode = 1;
