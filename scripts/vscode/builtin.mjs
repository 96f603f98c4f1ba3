/**
 * The extensions that VS Code comes with, as far as suites need them: languages and themes, and JSON's checks and completion, with
 * which the configs' own work together. The others only cost: servers for TypeScript, Git and debuggers start with every window.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** Programs that stay. */
const kept = ['json-language-features'];

/**
 * @param {string} vscode folder of the installation
 * @param {string} folder that is made, with a link to each
 * @returns {string} `folder`
 */
export function linkBuiltinExtensions(vscode, folder) {
  mkdirSync(folder, { recursive: true });
  const all = path.join(vscode, 'extensions');
  for (const name of readdirSync(all)) {
    const place = path.join(all, name);
    // Windows lets everybody link folders this way only.
    if (isNeeded(place)) symlinkSync(place, path.join(folder, name), 'junction');
  }
  return folder;
}

/** @param {string} extension its folder */
function isNeeded(extension) {
  const manifest = path.join(extension, 'package.json');
  if (!existsSync(manifest)) return false;
  if (kept.includes(path.basename(extension))) return true;
  const { main, browser } = JSON.parse(readFileSync(manifest, 'utf8'));
  return main === undefined && browser === undefined;
}
