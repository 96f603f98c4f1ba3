/** One process works in a run folder at a time: a lock that names its owner so that a stale one is told from a live one. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import * as z from 'zod';
import { UserError } from '../errors';
import { explainFileError } from './atomic';

const ownerSchema = z.object({
  pid: z.number().int().min(1),
  /** When the process began, as the system tells it: process numbers come again. Undefined where it does not tell. */
  started: z.string().optional(),
  host: z.string(),
  /** Of this taking of the lock. */
  token: z.string(),
});
type Owner = z.output<typeof ownerSchema>;

/** Milliseconds for which other processes that look after the same stale lock are waited for; each needs a few. */
const patience = 2000;
/** Milliseconds after which one of them must have died at it. */
const mostGuarded = 10_000;

/**
 * Takes the lock, from a process that is gone as well.
 * @param path of the lock; its folder exists
 * @returns what gives it free again
 * @throws UserError with code `locked` where another process has it, or when the file cannot be written
 */
export function takeLock(path: string): () => void {
  const own: Owner = {
    pid: process.pid,
    started: startOf(process.pid),
    host: hostname(),
    token: randomUUID(),
  };
  const text = JSON.stringify(own);
  const prepared = `${path}.${own.token}`;
  const end = Date.now() + patience;
  try {
    writeFileSync(prepared, text, { flag: 'wx' });
    for (;;) {
      if (create(prepared, path, text)) return () => release(path, text);
      const found = textOf(path);
      if (found === undefined) continue;
      const owner = ownerOf(found);
      if ((owner && isHeld(owner)) || Date.now() > end) throw locked(path, owner);
      if (replaced(path, found, prepared)) return () => release(path, text);
    }
  } catch (error) {
    throw error instanceof UserError ? error : explainFileError(error, path);
  } finally {
    rmSync(prepared, { force: true });
  }
}

/** The lock is whole at once or not there at all: its name is given to a file that is written already. @returns false where there is one */
function create(prepared: string, path: string, text: string): boolean {
  try {
    linkSync(prepared, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // Some file systems know no second names.
    if (code !== 'EPERM' && code !== 'ENOSYS' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
  }
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Puts a lock in the place of a stale one, which stays there until it does: whoever else finds it stale has to wait, since between a look
 * at a file and what is done to it another process may have done the same.
 * @returns false where it has to be looked at again
 */
function replaced(path: string, stale: string, prepared: string): boolean {
  const guard = `${path}.guard`;
  try {
    writeFileSync(guard, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const { mtimeMs } = statSync(guard, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs !== undefined && Date.now() - mtimeMs > mostGuarded) rmSync(guard, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    return false;
  }
  try {
    if (textOf(path) !== stale) return false;
    renameSync(prepared, path);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

function release(path: string, text: string): void {
  if (textOf(path) === text) rmSync(path, { force: true });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function ownerOf(text: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    // Cut by a power failure.
    return undefined;
  }
}

/** Whether the owner may still be at work; of another machine nobody can say. */
function isHeld({ pid, started, host }: Owner): boolean {
  if (host !== hostname()) return true;
  if (!isAlive(pid)) return false;
  return started === undefined || startOf(pid) === started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, in whatever form the system tells it. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      // Behind the name, which may have anything in it: the state is field 3, the start field 22.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
      return `${boot} ${fields[19]}`;
    }
    if (process.platform === 'win32') return undefined;
    return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function locked(path: string, owner: Owner | undefined): UserError {
  const elsewhere = owner && owner.host !== hostname() ? ` on ${owner.host}` : '';
  const who = owner ? `process ${owner.pid}${elsewhere}` : 'another process';
  return new UserError(
    `This run is already being worked on by ${who}.`,
    `Stop it there first, or wait until it is done. If there is no such process, delete ${path}.`,
    'locked',
  );
}
