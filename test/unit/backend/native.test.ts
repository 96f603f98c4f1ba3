import assert from 'node:assert/strict';
import path from 'node:path';
import { installName, listNative } from '../../../src/backend/native';
import { restoreEnvironment, useTemporaryFolder, writeInstall } from './support';

describe('native set-ups on disk', () => {
  const folder = useTemporaryFolder();
  restoreEnvironment('NAS_CACHE_DIR', 'NAS_NATIVE_DIR');
  const at = (...parts: string[]) => path.join(folder(), ...parts);
  const found = (given?: string) =>
    listNative(given).map((install) => path.relative(folder(), install.folder));

  beforeEach(() => {
    process.env['NAS_CACHE_DIR'] = at('cache');
    process.env['NAS_NATIVE_DIR'] = at('environment');
  });

  it('are none before the first set-up', () => {
    assert.deepEqual(found(at('given')), []);
  });

  it('are found in the given folder, then NAS_NATIVE_DIR, then the cache', () => {
    const name = installName('2.21.0');
    for (const root of [at('cache', 'native'), at('environment'), at('given')])
      writeInstall(path.join(root, name));
    assert.deepEqual(found(at('given')), [`given/${name}`, `environment/${name}`, `cache/native/${name}`]);
    assert.deepEqual(found(), [`environment/${name}`, `cache/native/${name}`]);
  });

  it('are offered newest first, as versions and not as text', () => {
    const names = ['2.9.1', '2.21.0', '2.18.1'].map((version) => installName(version));
    names.forEach((name) => writeInstall(at('environment', name)));
    const order = ['2.21.0', '2.18.1', '2.9.1'].map((version) => `environment/${installName(version)}`);
    assert.deepEqual(found(), order);
  });

  it('of another platform are left alone', () => {
    writeInstall(at('environment', '2.21.0-plan9-mips'));
    assert.deepEqual(found(), []);
  });

  it('may be named by NAS_NATIVE_DIR themselves', () => {
    writeInstall(at('environment'));
    assert.deepEqual(found(), ['environment']);
  });

  it('with a broken manifest, without their binding, or with one elsewhere do not count', () => {
    writeInstall(at('outside'));
    writeInstall(at('environment', installName('1.0.0')), undefined, { format: 2 as 1 });
    writeInstall(at('environment', installName('2.0.0')), undefined, { binding: 'gone.node' });
    writeInstall(at('environment', installName('3.0.0')), undefined, { binding: '../../outside/binding.js' });
    assert.deepEqual(found(), []);
  });
});
