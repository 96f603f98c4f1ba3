import assert from 'node:assert/strict';
import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { probeNative } from '../../../src/backend/probe';
import { childNoted, notingItself } from '../../support/children';
import { soundBinding, useTemporaryFolder, writeInstall } from './support';

describe('probe of a native binding', () => {
  const folder = useTemporaryFolder();

  it('passes one that multiplies correctly, and says its version', async () => {
    assert.deepEqual(await probeNative(writeInstall(folder())), { ok: true, tensorflow: '9.8.7' });
  });

  it('remembers a good answer until the binding changes', async () => {
    const install = writeInstall(folder());
    await probeNative(install);
    // Same size, and the time is set back: only the kept answer can know the old version.
    const time = new Date(1_700_000_000_000);
    utimesSync(install.binding, time, time);
    await probeNative(install);
    writeFileSync(install.binding, soundBinding.replace('9.8.7', '1.2.3'));
    utimesSync(install.binding, time, time);
    assert.deepEqual(await probeNative(install), { ok: true, tensorflow: '9.8.7' });
    utimesSync(install.binding, new Date(), new Date());
    assert.deepEqual(await probeNative(install), { ok: true, tensorflow: '1.2.3' });
  });

  it('survives a binding that crashes', async () => {
    const result = await probeNative(writeInstall(folder(), 'process.abort();'));
    assert.ok(!result.ok);
    assert.match(result.problem, /crashed while loading \(SIGABRT\)/);
  });

  it('gives up one that hangs', async () => {
    const result = await probeNative(writeInstall(folder(), 'for (;;);'), { timeout: 1000 });
    assert.deepEqual(result, { ok: false, problem: 'it did not answer within 1 s' });
  });

  it('ends one that hangs as soon as nobody waits for it, and starts none after that', async () => {
    const started = path.join(folder(), 'pid');
    const hanging = `${notingItself(started)} for (;;);`;
    const install = writeInstall(folder(), hanging);
    const end = new AbortController();
    const result = probeNative(install, { signal: end.signal });
    const pid = await childNoted(started);
    end.abort();
    const givenUp = { ok: false, problem: 'nobody waited for its answer' };
    assert.deepEqual(await result, givenUp);
    // Its answer comes when the child is gone.
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    rmSync(started);
    assert.deepEqual(await probeNative(install, { signal: end.signal }), givenUp);
    assert.equal(existsSync(started), false);
  });

  it('refuses one that computes wrongly', async () => {
    const result = await probeNative(writeInstall(folder(), soundBinding.replace('22', '23')));
    assert.deepEqual(result, { ok: false, problem: 'it computed 7,10,15,23 instead of 7,10,15,22' });
  });

  it('says what the loader said, and asks again the next time', async () => {
    const install = writeInstall(
      folder(),
      "throw new Error('libtensorflow.so.2: cannot open shared object file');",
    );
    assert.deepEqual(await probeNative(install), {
      ok: false,
      problem: 'libtensorflow.so.2: cannot open shared object file',
    });
    assert.equal(existsSync(path.join(install.folder, 'probe.json')), false);
  });
});
