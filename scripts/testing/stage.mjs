/** Runs what one stage of `npm test` consists of, with its output kept for when it is done. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../process.mjs';
import { secondsOfTimes, timed } from './processorTime.cjs';

/** @typedef {import('./summary.mjs').Counts} Counts */

/** One stage under way: starts its programs and gathers what they print and count. */
export class StageRun {
  output = '';
  /** @type {Counts | undefined} */
  counts;
  /** Seconds that its programs and all that they started took of the processors, where the system tells. */
  processor = 0;
  #files = 0;

  /**
   * @param {string} prefix of files for counts; the stage alone uses it
   * @param {boolean} live whether output goes to the terminal at once
   */
  constructor(prefix, live) {
    this.prefix = prefix;
    this.live = live;
  }

  /** @param {string} text */
  print(text) {
    this.output += text;
    if (this.live) process.stdout.write(text);
  }

  /**
   * Runs a program of Node in the repository.
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env] beside this process's own
   * @returns {Promise<number>} its exit code; 128 + n where signal n ended it, like a shell
   */
  node(args, env) {
    return this.program(process.execPath, args, { env });
  }

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {{ env?: NodeJS.ProcessEnv | undefined, shell?: boolean, cwd?: string }} [options] `cwd` is the repository unless told
   * @returns {Promise<number>}
   */
  program(command, args, { env, ...options } = {}) {
    const [file, all] = process.platform === 'win32' ? [command, args] : timed(command, args);
    return new Promise((resolve, reject) => {
      const child = spawn(file, all, {
        ...{ cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } },
        ...options,
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text) => this.print(text));
      }
      let times = '';
      const told = /** @type {import('node:stream').Readable} */ (child.stdio[3]);
      told.setEncoding('utf8').on('data', (text) => (times += text));
      child.on('error', reject);
      child.on('close', (code, signal) => {
        this.processor += secondsOfTimes(times) ?? 0;
        resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
      });
    });
  }

  /**
   * Runs tests that leave their counts in a file, and fails where that holds no test.
   * @param {(file: string) => string[]} args of Node
   * @param {(file: string) => NodeJS.ProcessEnv} [env]
   * @returns {Promise<number>} exit code
   */
  async counted(args, env) {
    const file = path.resolve(`${this.prefix}-${this.#files++}.json`);
    const code = await this.node(args(file), env?.(file));
    /** @type {Counts | undefined} */
    const counts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    if (counts) this.counts = counts;
    if (code !== 0 || (counts && counts.passes > 0)) return code;
    this.print('No test ran.\n');
    return 1;
  }
}
