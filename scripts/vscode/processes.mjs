/**
 * Knows and ends every process of one run of VS Code. The extension host forks children which may outlive their parents, so on
 * Linux a run is known by a mark in the environment that all of them inherit; elsewhere by descent from the processes started here.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MARK = 'NAS_EDITOR_RUN';
const GUARD = fileURLToPath(new URL('./guard.mjs', import.meta.url));

/** @typedef {{ id: string, roots: number[] }} Run `roots`: the processes started directly */

/**
 * The environment of everything that belongs to a run.
 * @param {string} id
 * @param {string} folder takes sockets and temporary files of the run
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Record<string, string>}
 */
export function environmentOf(id, folder, env = process.env) {
  /** @type {Record<string, string>} */
  const own = {};
  for (const [key, value] of Object.entries(env)) {
    // Left by a VS Code which this script may have been started from; the new one would take them for its own.
    if (value !== undefined && !/^(VSCODE_|ELECTRON_|NODE_CHANNEL)/.test(key)) own[key] = value;
  }
  return { ...own, [MARK]: id, TMPDIR: folder, XDG_RUNTIME_DIR: folder, EXTENSIONS_GALLERY: '{}' };
}

/**
 * @param {Run} run
 * @returns {number[]} process ids, this one left out
 */
export function processesOf(run) {
  const found = process.platform === 'linux' ? marked(run.id) : descendants(run.roots);
  return found.filter((pid) => pid !== process.pid);
}

/** @param {string} id */
function marked(id) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && readProc(entry, 'environ').includes(`${MARK}=${id}`))
    .map(Number);
}

/**
 * @param {string} pid
 * @param {'environ' | 'cmdline'} file
 * @returns {string[]} empty when the process is gone or belongs to someone else
 */
function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

/** @param {number[]} roots */
function descendants(roots) {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const family = new Set(rows.flatMap(([pid]) => (pid !== undefined && roots.includes(pid) ? [pid] : [])));
  for (let before = -1; before !== family.size;) {
    before = family.size;
    for (const [pid, parent] of rows)
      if (pid !== undefined && parent !== undefined && family.has(parent)) family.add(pid);
  }
  return [...family];
}

/**
 * Waits until the extension host has ended by itself, which lets `deactivate` of the extension run to its end.
 * @param {Run} run
 * @param {number} limit ms
 */
export async function hostGone(run, limit) {
  if (process.platform !== 'linux') return;
  const isHost = (/** @type {number} */ pid) =>
    readProc(String(pid), 'cmdline').includes('--type=extensionHost');
  for (const end = Date.now() + limit; Date.now() < end && processesOf(run).some(isHost);) await delay(50);
}

/**
 * Ends whatever is left of a run.
 * @param {Run} run
 */
export async function endAll(run) {
  for (let round = 0; round < 40; round++) {
    const left = processesOf(run);
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone between the look and the signal.
      }
    }
    await delay(50);
  }
}

/**
 * Starts the process which cleans up when this one is killed and cannot do it itself.
 * @param {Run} run
 * @param {string} folder removed at the end
 * @returns {{ watch(pid: number | undefined): void, dismiss(): void }}
 */
export function startGuard(run, folder) {
  const guard = spawn(process.execPath, [GUARD, run.id, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  const input = /** @type {import('node:net').Socket} */ (/** @type {unknown} */ (guard.stdin));
  input.unref();
  input.on('error', () => {});
  return {
    watch(pid) {
      if (pid === undefined) return;
      run.roots.push(pid);
      input.write(`${pid}\n`);
    },
    dismiss: () => input.end(),
  };
}
