/** Remembers that no rung worked here, so that an unattended start does not climb the whole ladder each time. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SetupResult } from './types';

const retryAfterMs = 24 * 3600 * 1000;

function file(folder: string): string {
  return path.join(folder, 'last-failure.json');
}

function machine(): string {
  return [process.platform, process.arch, process.versions.node].join('-');
}

/** The result of an attempt on this machine and Node within the last day that ended in vain. */
export async function recentFailure(folder: string, now = Date.now()): Promise<SetupResult | undefined> {
  try {
    const kept = JSON.parse(await readFile(file(folder), 'utf8')) as {
      at: number;
      machine: string;
      result: SetupResult;
    };
    const recent = now - kept.at < retryAfterMs && kept.machine === machine();
    return recent ? kept.result : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a result that ended in vain, and forgets an earlier one after a success. */
export async function rememberOutcome(folder: string, result: SetupResult, now = Date.now()): Promise<void> {
  if (result.rung !== 'wasm') return rm(file(folder), { force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(file(folder), JSON.stringify({ at: now, machine: machine(), result }));
}
