/** Files that are either the old or the new one, whatever happens while they are written. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { asError, UserError } from '../errors';

/** Turns a file system error into words. */
export function explainFileError(error: unknown, path: string): UserError {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new UserError(
        `The disk is full: ${path} could not be written.`,
        'Free some space, then resume the run: its last checkpoint is intact.',
        'disk-full',
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(
        `${path} cannot be written.`,
        'Choose another folder, or change its permissions.',
        'unwritable',
      );
    case 'ENOENT':
      return new UserError(`${path} does not exist.`, 'Check the path.', 'missing');
    case 'EISDIR':
      return new UserError(`${path} is a folder, not a file.`, 'Name a file.', 'not-a-file');
    case 'EEXIST':
    case 'ENOTDIR':
      return new UserError(
        `A part of ${path} is a file, not a folder.`,
        'Choose another folder.',
        'not-a-folder',
      );
    default:
      return new UserError(`${path}: ${asError(error).message}`);
  }
}

/**
 * Makes a folder and those above it that are missing, one by one: Node's own way of doing that does not end on file systems that
 * take no folder, such as /proc.
 * @throws an error of the file system
 */
export function makeFolders(path: string): void {
  const full = resolve(path);
  if (statSync(full, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(full);
  if (parent !== full) makeFolders(parent);
  try {
    mkdirSync(full);
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(full).isDirectory()) throw error;
  }
}

/** Waits until the names in a folder are on the disk, as far as the system lets one wait for that. */
export function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Windows opens no folders, and some network file systems do not sync them.
  }
}

/**
 * Writes under a temporary name, waits for the disk, renames, and waits for the new name.
 * @throws UserError when the file cannot be written; the old one is then untouched
 */
export function writeAtomically(path: string, chunks: Iterable<string | Uint8Array>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makeFolders(dirname(path));
    const file = openSync(temporary, 'w');
    try {
      for (const chunk of chunks) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // Where it could not be made; the first error is the one to report.
    }
    throw explainFileError(error, path);
  }
}
