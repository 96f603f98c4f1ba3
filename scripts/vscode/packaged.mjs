/** Prepares an empty VS Code which holds nothing but a packaged extension. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureVsCode } from './install.mjs';
import { serverArguments } from './server.mjs';

/**
 * @param {string} vsix
 * @param {string} extensions folder that receives the extension
 * @param {string} scratch folder for the installer's own files
 * @throws {Error} with the installer's words
 */
export async function installPackage(vsix, extensions, scratch) {
  const { folder } = await ensureVsCode();
  const folders = { user: path.join(scratch, 'user'), data: path.join(scratch, 'data'), extensions };
  mkdirSync(scratch, { recursive: true });
  const env = { ...process.env, EXTENSIONS_GALLERY: '{}' };
  const args = [...serverArguments(folder, folders), '--install-extension', vsix, '--force'];
  try {
    await promisify(execFile)(process.execPath, args, { env });
  } catch (error) {
    throw new Error(`${vsix} was not installed.\n${/** @type {{ stderr: string }} */ (error).stderr}`);
  }
  // The server reports some failures with exit code 0.
  if (
    !existsSync(extensions) ||
    !readdirSync(extensions).some((entry) => existsSync(path.join(extensions, entry, 'package.json')))
  ) {
    throw new Error(`${vsix} was not installed: ${extensions} holds no extension.`);
  }
}

/**
 * VS Code runs tests only for an extension under development. This one does nothing, so that the installed one is as a person
 * would have it.
 * @param {string} folder
 * @returns {string} `folder`
 */
export function testCarrier(folder) {
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'test-carrier', publisher: 'test', version: '0.0.1', engines: { vscode: '*' } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}
