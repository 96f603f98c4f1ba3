import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRunning, takeLock } from '../../../src/backend/setup/lock';
import { UserError } from '../../../src/errors';
import { useTemporaryFolder } from './support';

describe('lock of a set-up', () => {
  const folder = useTemporaryFolder();
  const file = () => path.join(folder(), '.setup.lock');
  const deadProcess = () => spawnSync(process.execPath, ['-e', '']).pid;

  it('is held until it is given back, and leaves nothing behind', () => {
    const giveBack = takeLock(folder());
    assert.equal(readFileSync(file(), 'utf8'), String(process.pid));
    giveBack();
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('is refused while a running process holds it, and names that process', () => {
    writeFileSync(file(), String(process.ppid));
    assert.throws(
      () => takeLock(folder()),
      (error) =>
        error instanceof UserError && error.code === 'locked' && error.message.includes(String(process.ppid)),
    );
    assert.equal(readFileSync(file(), 'utf8'), String(process.ppid));
  });

  it('of a process that is gone is taken over', () => {
    const pid = deadProcess();
    assert.equal(isRunning(pid), false);
    writeFileSync(file(), String(pid));
    const giveBack = takeLock(folder());
    assert.equal(readFileSync(file(), 'utf8'), String(process.pid));
    giveBack();
    assert.equal(existsSync(file()), false);
  });

  it('that another process took over in between is left to it', () => {
    writeFileSync(file(), String(deadProcess()));
    const otherIsQuicker = () => {
      writeFileSync(file(), String(process.ppid));
      return false;
    };
    assert.throws(() => takeLock(folder(), otherIsQuicker), { code: 'locked' });
    assert.equal(readFileSync(file(), 'utf8'), String(process.ppid));
  });

  it('cannot be had in a place that is no folder', () => {
    const place = path.join(folder(), 'file');
    writeFileSync(place, '');
    chmodSync(place, 0o444);
    assert.throws(
      () => takeLock(place),
      (error) => error instanceof UserError && /NAS_CACHE_DIR/.test(error.hint ?? ''),
    );
  });
});
