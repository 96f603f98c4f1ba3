/** Child processes that note their process id in a file, and whether they are still there. */
import { existsSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What a child does to write its id: whole, since whoever sees the file may end the child at once. */
export function notingItself(file: string): string {
  const [written, named] = [`${file}.tmp`, file].map((name) => JSON.stringify(name));
  return `require('fs').writeFileSync(${written}, String(process.pid)); require('fs').renameSync(${written}, ${named});`;
}

/** Waits until a child has written its id. @returns it */
export async function childNoted(file: string): Promise<number> {
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text !== '') return Number(text);
    await nextTurn();
  }
}

/** Waits until a process is gone. */
export async function childGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await nextTurn();
  }
}
