/** Starts programs for the scripts of this folder. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Runs a program in the repository with its output on ours, and returns its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} 128 + n where signal n ended it, like a shell
 */
export function runToEnd(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    // Ctrl-C goes to the whole group; this process must outlive its child to report how that ended.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    const settle = (/** @type {() => void} */ act) => {
      process.off('SIGINT', ignore);
      act();
    };
    child.on('error', (error) => settle(() => reject(error)));
    child.on('close', (code, signal) => settle(() => resolve(code ?? (signal === 'SIGINT' ? 130 : 143))));
  });
}

/**
 * Runs a program that has to succeed; otherwise this process ends with its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export async function runOrExit(command, args, options) {
  const code = await runToEnd(command, args, options);
  if (code !== 0) {
    console.error(`\`${path.basename(command)} ${args.join(' ')}\` ended with code ${code}.`);
    process.exit(code);
  }
}

/**
 * What a program prints, or undefined where it is missing or fails.
 * @param {string} command
 * @param {string[]} args
 */
export function outputOf(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * The command line of npm: the one that started us, so that no shell is needed on Windows.
 * @param {string[]} args
 * @returns {[string, string[], { shell?: boolean }]}
 */
export function npmCommand(args) {
  const script = process.env.npm_execpath;
  if (script !== undefined && /\.c?js$/.test(script)) return [process.execPath, [script, ...args], {}];
  return ['npm', args, { shell: process.platform === 'win32' }];
}
