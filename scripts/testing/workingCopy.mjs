/** A copy of the repository in which something may be built while others use what is built in it. */
import { cpSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { root } from '../process.mjs';

/** What is made from the rest, or is none of the project's files. */
const left = new Set(['.git', '.scratch', '.vscode-test', 'coverage', 'dist', 'node_modules', 'out', 'runs']);

/**
 * @param {string} folder that is empty; the packages are not copied, but linked to
 * @returns {string} `folder`
 */
export function copyRepository(folder) {
  for (const name of readdirSync(root)) {
    if (left.has(name) || name.endsWith('.vsix')) continue;
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  // Windows lets everybody link folders this way only.
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  return folder;
}
