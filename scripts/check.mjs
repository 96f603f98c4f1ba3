/**
 * `npm run check`: format, lint and types of what differs from the main branch, committed or not; as a pre-commit hook or
 * between two thoughts. `npm run check -- REVISION` compares with another revision. Types are those of the whole project,
 * kept between two calls, since a change in one file breaks others.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { installPackages } from './bootstrap.mjs';
import { outputOf, root } from './process.mjs';
import { changedFiles } from './testing/changed.mjs';
import { sideBySide } from './testing/sideBySide.mjs';
import { StageRun } from './testing/stage.mjs';

const git = (/** @type {string[]} */ ...args) => outputOf('git', ['-C', root, ...args]);
const tool = (/** @type {string} */ file) => path.join(root, 'node_modules', file);
const cache = path.join(root, 'node_modules', '.cache', 'nas-workbench');

/** @param {string} project */
const types = (project) => [
  tool('typescript-native/bin/tsc'),
  ...['--noEmit', '--incremental', '-p', project],
  ...['--tsBuildInfoFile', path.join(cache, `${path.dirname(project)}.tsbuildinfo`)],
];

await installPackages();
const files = changedFiles(git, process.argv[2]).filter((file) => existsSync(path.join(root, file)));
const scripts = files.filter((file) => /\.[cm]?[jt]s$/.test(file));
const typed = scripts.filter((file) => file.endsWith('ts'));
console.log(`${files.length} files differ.`);
// Lint and types hold a program of the whole project each: on two cores one beside the other.
const tasks = [
  ...(scripts.length > 0 ? [{ name: 'Lint', args: [tool('oxlint/bin/oxlint'), ...scripts] }] : []),
  ...(typed.length > 0 ? [{ name: 'Types', args: types('tsconfig.json') }] : []),
  ...(typed.length > 0 ? [{ name: 'Types of the dashboard', args: types('webview/tsconfig.json') }] : []),
  ...(files.length > 0
    ? [
        {
          name: 'Format',
          args: [tool('oxfmt/bin/oxfmt'), '--check', '--no-error-on-unmatched-pattern', ...files],
        },
      ]
    : []),
];
/** @type {string[]} */
const failed = [];
await sideBySide(tasks, 2, async ({ name, args }) => {
  const stage = new StageRun('', false);
  const begun = performance.now();
  const code = await stage.node(args);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (code !== 0) failed.push(name);
  console.log(`${name}: ${code === 0 ? 'passed' : 'FAILED'} (${seconds} s)`);
  if (code !== 0) console.log(stage.output.trimEnd());
});
if (failed.length > 0) process.exitCode = 1;
