/**
 * Runs the editor's suites inside a real VS Code and prints their counts.
 *
 *   node scripts/vscode/runEditorTests.mjs [--grep TEXT] [--shots DIR] [--packaged FILE.vsix] [--offline] [--extension DIR]
 *
 * `--shots` keeps the screenshots (else they are in out/shots until the next run). `--packaged` installs a .vsix into an empty VS Code and
 * runs the suites of test/editor/packaged, which the other way are left out. `--extension` is another extension to develop than
 * this repository. `--offline` cuts everything off from the network. NAS_VSCODE_EXECUTABLE names a desktop VS Code to take, NAS_TEST_STATS a file that receives the counts.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { root } from '../process.mjs';
import { bundleSuites } from './bundle.mjs';
import { ensureChromium, ensureVsCode } from './install.mjs';
import { runOffline } from './offline.mjs';
import { installPackage, testCarrier } from './packaged.mjs';

const STAND_IN = fileURLToPath(new URL('./standIn.mjs', import.meta.url));
const SHOTS = path.join(root, 'out', 'shots');

/**
 * The desktop that is asked for; else the stand-in. Windows starts no script as a program: there @vscode/test-electron
 * fetches a desktop VS Code.
 * @returns {Promise<string | undefined>}
 */
async function executable() {
  const desktop = process.env.NAS_VSCODE_EXECUTABLE;
  if (desktop || process.platform === 'win32') return desktop;
  await ensureVsCode();
  await ensureChromium();
  return STAND_IN;
}

/**
 * @param {string} folder
 * @returns {string} a copy of the fixture workspace, so that a suite may write into it
 */
function copyWorkspace(folder) {
  const workspace = path.join(folder, 'workspace');
  const fixture = path.join(root, 'test', 'editor', 'workspace');
  if (existsSync(fixture)) cpSync(fixture, workspace, { recursive: true });
  else mkdirSync(workspace);
  return workspace;
}

const { values } = parseArgs({
  options: {
    grep: { type: 'string' },
    shots: { type: 'string', default: SHOTS },
    packaged: { type: 'string' },
    offline: { type: 'boolean', default: false },
    extension: { type: 'string', default: root },
  },
});
const vscodeExecutablePath = await executable();
if (values.offline) {
  // All that had to be fetched is there now.
  const args = process.argv.slice(2).filter((word) => word !== '--offline');
  process.exit(await runOffline([fileURLToPath(import.meta.url), ...args]));
}
const extensionTestsPath = await bundleSuites();
const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'nas-tests-'));
try {
  rmSync(SHOTS, { recursive: true, force: true });
  const extensions = path.join(folder, 'extensions');
  if (values.packaged)
    await installPackage(path.resolve(values.packaged), extensions, path.join(folder, 'installer'));
  const result = path.join(folder, 'result.json');
  const launchArgs = [
    copyWorkspace(folder),
    '--user-data-dir',
    path.join(folder, 'user'),
    '--extensions-dir',
    extensions,
  ];
  process.exitCode = await runTests({
    ...(vscodeExecutablePath && { vscodeExecutablePath }),
    extensionDevelopmentPath: values.packaged
      ? testCarrier(path.join(folder, 'carrier'))
      : path.resolve(values.extension),
    extensionTestsPath,
    launchArgs,
    extensionTestsEnv: {
      NAS_EDITOR_RESULT: result,
      NAS_EDITOR_SUITE: values.packaged ? 'packaged' : 'development',
      NAS_EDITOR_SHOTS: path.resolve(values.shots),
      NAS_EDITOR_GREP: values.grep,
    },
  }).catch((error) => error.code ?? 1);
  if (existsSync(result)) {
    const counts = readFileSync(result, 'utf8');
    const { passes, failures, pending } = JSON.parse(counts);
    if (process.env.NAS_TEST_STATS) writeFileSync(process.env.NAS_TEST_STATS, counts);
    console.log(`editor: ${passes} passed, ${failures} failed, ${pending} skipped`);
  } else {
    console.log('editor: the suites did not run to their end');
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
