/** The per-user folder for large downloads, so that a second clone does not fetch them again. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The same rule as in `src/backend/folders.ts`, which needs a build that a fresh clone does not have yet.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @param {string} home
 * @returns {string} absolute path; nothing is created
 */
export function cacheFolder(env = process.env, platform = process.platform, home = homedir()) {
  const { join, resolve, isAbsolute } = platform === 'win32' ? path.win32 : path.posix;
  if (env.NAS_CACHE_DIR) return resolve(env.NAS_CACHE_DIR);
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'nas-workbench');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'nas-workbench');
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.cache'), 'nas-workbench');
}

/**
 * Returns the cache's folder `name`, built by `build` in a temporary folder the first time. The folder appears
 * under its name only once it is whole, so an interrupted build is never taken for a finished one.
 * @param {string} name holds the version, so that a new version is a new folder
 * @param {(folder: string) => void | Promise<void>} build
 * @returns {Promise<string>} absolute path
 */
export async function layOnce(name, build) {
  const cache = cacheFolder();
  const target = path.join(cache, name);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache, name);
  const partial = mkdtempSync(path.join(cache, `${name}.partial-${process.pid}-`));
  try {
    await build(partial);
    try {
      renameSync(partial, target);
    } catch (error) {
      // Another process may have finished the same folder meanwhile; its copy is as good as this one.
      if (!existsSync(target)) throw error;
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return target;
}

/**
 * Removes what builds that were killed have left behind.
 * @param {string} cache
 * @param {string} name
 */
function removeAbandoned(cache, name) {
  const prefix = `${name}.partial-`;
  for (const entry of readdirSync(cache)) {
    if (!entry.startsWith(prefix)) continue;
    const pid = Number.parseInt(entry.slice(prefix.length), 10);
    if (!isAlive(pid)) rmSync(path.join(cache, entry), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
