/** Processes that take the lock of one run at the same moment: one has it, whatever was there before. `NAS_FAULTS=500` tries so often. */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';

const rounds = Number(process.env['NAS_FAULTS'] ?? 60);

function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('message', resolve));
}

describe('the lock of a run', () => {
  let folder: string;
  let children: ChildProcess[];
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-locks-'));
    const script = path.join(__dirname, 'lockTaker.ts');
    children = [1, 2, 3].map(() => fork(script, { execArgv: ['--import', 'tsx'] }));
    assert.deepEqual(await Promise.all(children.map(answer)), ['ready', 'ready', 'ready']);
  });
  after(() => {
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  async function race(lock: string): Promise<unknown[]> {
    const answers = Promise.all(children.map(answer));
    for (const child of children) child.send(lock);
    const said = await answers;
    const freed = Promise.all(children.map(answer));
    for (const child of children) child.send(null as never);
    await freed;
    return said.toSorted();
  }

  const gone = JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), token: 'gone' });
  for (const [title, stale] of Object.entries({
    'that nobody has': undefined,
    'of a process that is gone': gone,
  })) {
    it(`${title} is taken by one of three processes, in ${rounds} tries`, async () => {
      for (let round = 0; round < rounds; round++) {
        const lock = path.join(folder, 'lock');
        if (stale !== undefined) writeFileSync(lock, stale);
        assert.deepEqual(await race(lock), ['locked', 'locked', 'taken'], `round ${round}`);
        assert.deepEqual(readdirSync(folder), [], `round ${round}`);
      }
    });
  }
});
