/** One set-up at a time in a folder: a lock file that holds the process id, taken over when that process is gone. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../errors';

/** Whether a process with this id is running. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function holder(file: string): number {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}

/** Makes the lock appear with its content at once, so that a reader never sees it empty; false where there is one. */
function create(file: string): boolean {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Takes the lock and returns the function that gives it back.
 * @throws UserError when a running process holds it, or the folder cannot be written
 */
export function takeLock(folder: string, alive: (pid: number) => boolean = isRunning): () => void {
  const file = path.join(folder, '.setup.lock');
  let taken: boolean;
  try {
    mkdirSync(folder, { recursive: true });
    taken = create(file);
  } catch (error) {
    const hint = 'Set NAS_CACHE_DIR to a folder that can be written.';
    throw new UserError(`The folder ${folder} cannot be written: ${(error as Error).message}.`, hint);
  }
  if (!taken) {
    const pid = holder(file);
    if (alive(pid)) throw heldBy(pid, file);
    takeOver(file, pid);
    if (!create(file)) throw heldBy(holder(file), file);
  }
  return () => {
    if (holder(file) === process.pid) rmSync(file, { force: true });
  };
}

function heldBy(pid: number, file: string): UserError {
  return new UserError(
    `Another set-up is running (process ${pid}).`,
    `Wait until it has ended; if there is none, delete ${file}.`,
    'locked',
  );
}

/** Moves a dead lock away first, because another process may be doing the same: only one of them finds the dead one. */
function takeOver(file: string, deadPid: number): void {
  const aside = `${file}.${process.pid}`;
  renameSync(file, aside);
  const moved = holder(aside);
  if (moved === deadPid || (Number.isNaN(moved) && Number.isNaN(deadPid)))
    return rmSync(aside, { force: true });
  renameSync(aside, file);
  throw heldBy(moved, file);
}
