/** How the host starts a program of its own as a child process, and reads what it prints. */
import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Program {
  /** Path of its bundle. */
  readonly script: string;
  /** Another Node than the host's own, e.g. from a setting. */
  readonly nodePath?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export function forkProgram({ script, nodePath, env: more }: Program): ChildProcess {
  const env = { ...process.env, ...more };
  // Options meant for the host's own process would reach the child, too.
  delete env.NODE_OPTIONS;
  return fork(script, [], {
    // Without this, children of VS Code 1.111 and later inherit flags with which they exit at once.
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env,
    ...(nodePath ? { execPath: nodePath } : {}),
  });
}

/** @param onLine that the process or a library printed */
export function forwardLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', onLine);
}
