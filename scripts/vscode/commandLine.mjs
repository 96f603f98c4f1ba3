/** The part of the desktop VS Code's command line that `runTests` of @vscode/test-electron uses. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} CommandLine
 * @property {string[]} development folders of the extensions under development
 * @property {string} [tests] the module whose `run` is called
 * @property {string} [user] `--user-data-dir`
 * @property {string} [extensions] `--extensions-dir`
 * @property {string} [workspace] folder or `.code-workspace` to open
 */

/**
 * Takes `--name=value` and `--name value`; switches that say nothing to a browser (`--no-sandbox`, …) are passed over.
 * @param {string[]} argv without the program's own name
 * @param {string} [cwd] relative paths start here
 * @returns {CommandLine}
 */
export function parseCommandLine(argv, cwd = process.cwd()) {
  /** @type {CommandLine} */
  const result = { development: [] };
  const absolute = (/** @type {string} */ value) =>
    path.resolve(cwd, value.startsWith('file:') ? fileURLToPath(value) : value);
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const option = /^--([^=]+)(?:=(.*))?$/s.exec(word);
    if (!option) {
      result.workspace = absolute(word);
      continue;
    }
    const [, name = '', given] = option;
    if (!['extensionDevelopmentPath', 'extensionTestsPath', 'user-data-dir', 'extensions-dir'].includes(name))
      continue;
    const value = absolute(given ?? words.shift() ?? '');
    if (name === 'extensionDevelopmentPath') result.development.push(value);
    else if (name === 'extensionTestsPath') result.tests = value;
    else if (name === 'user-data-dir') result.user = value;
    else result.extensions = value;
  }
  return result;
}
