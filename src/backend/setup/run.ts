/** Runs a command to its end and ends its whole process tree on cancel, on a time limit, or when it no longer gets on. */
import { execFile, spawn } from 'node:child_process';
import { UserError } from '../../errors';

/** How to run a command. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Called for each line on either stream. */
  onLine?(line: string): void;
  /** Asked every half second; a sentence ends the command for that reason. */
  giveUp?(): string | undefined;
}

/** The error of a cancelled set-up. */
export function cancelled(): UserError {
  return new UserError(
    'The set-up was cancelled.',
    'What was downloaded is kept for the next time.',
    'cancelled',
  );
}

/** Throws where the set-up has been cancelled. */
export function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

function endTree(pid: number | undefined): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/t', '/f'], () => undefined);
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The tree is gone already.
  }
}

/** The line of a failed command's output that says most: the last one that looks like an error, else the last one. */
export function tellingLine(lines: readonly string[]): string {
  const looksLikeError = /^(\w*Error: |ERROR: |fatal: )|: (fatal )?error: /;
  return lines.findLast((line) => looksLikeError.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}

/**
 * Runs a command and returns what it wrote on its standard output.
 * @throws Error with the telling line of its output when it fails; UserError `cancelled` when the signal was raised
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  // Not in the folder that happens to be the current one: Python finds modules there, and Windows programs.
  const { cwd = __dirname, env = process.env, signal, onLine, giveUp } = options;
  stopIfCancelled(signal);
  const windows = process.platform === 'win32';
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that compilers and downloads below it end with it.
      detached: !windows,
      // npm is a .cmd file there, which only a shell starts.
      shell: windows && command === 'npm',
    });
    let output = '';
    const lines: string[] = [];
    let reason: Error | undefined;
    const stop = (error: Error) => {
      reason ??= error;
      endTree(child.pid);
    };
    const onAbort = () => stop(cancelled());
    signal?.addEventListener('abort', onAbort, { once: true });
    const watch = giveUp
      ? setInterval(() => {
          const problem = giveUp();
          if (problem !== undefined) stop(new Error(problem));
        }, 500)
      : undefined;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (stream === child.stdout) output += text;
        for (const line of text.split(/[\r\n]+/).filter((part) => part.trim() !== '')) {
          lines.push(line.trim());
          if (lines.length > 200) lines.shift();
          onLine?.(line);
        }
      });
    }
    const finish = (error: Error | undefined) => {
      clearInterval(watch);
      signal?.removeEventListener('abort', onAbort);
      if (error) reject(error);
      else resolve(output);
    };
    child.on('error', (error) => finish(reason ?? error));
    child.on('close', (code, endSignal) => {
      if (reason || code === 0) return finish(reason);
      const ended = endSignal ? `was ended by ${endSignal}` : `ended with code ${code}`;
      finish(new Error(`\`${command} ${args.slice(0, 3).join(' ')}\` ${ended}: ${tellingLine(lines)}`));
    });
  });
}
