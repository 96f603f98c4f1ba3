import assert from 'node:assert/strict';
import { cacheFolder } from '../../../src/backend/folders';

const linux = { platform: 'linux', home: '/home/ada' } as const;

describe('cache folder', () => {
  it('follows each platform', () => {
    assert.equal(cacheFolder({ ...linux, environment: {} }), '/home/ada/.cache/nas-workbench');
    assert.equal(
      cacheFolder({ platform: 'darwin', home: '/Users/ada', environment: {} }),
      '/Users/ada/Library/Caches/nas-workbench',
    );
    assert.equal(
      cacheFolder({ platform: 'win32', home: 'C:\\Users\\ada', environment: { LOCALAPPDATA: 'D:\\Local' } }),
      'D:\\Local\\nas-workbench',
    );
    assert.equal(
      cacheFolder({ platform: 'win32', home: 'C:\\Users\\ada', environment: {} }),
      'C:\\Users\\ada\\AppData\\Local\\nas-workbench',
    );
  });

  it('uses XDG_CACHE_HOME where it is absolute', () => {
    assert.equal(
      cacheFolder({ ...linux, environment: { XDG_CACHE_HOME: '/big/cache' } }),
      '/big/cache/nas-workbench',
    );
    assert.equal(
      cacheFolder({ ...linux, environment: { XDG_CACHE_HOME: 'here' } }),
      '/home/ada/.cache/nas-workbench',
    );
  });

  it('is NAS_CACHE_DIR before anything else', () => {
    const environment = { NAS_CACHE_DIR: '/mine', XDG_CACHE_HOME: '/big/cache' };
    assert.equal(cacheFolder({ ...linux, environment }), '/mine');
  });

  it('is the same for the scripts, which cannot import it', async () => {
    const file = '../../../scripts/vscode/cache.mjs';
    const scripts = (await import(file)) as {
      cacheFolder(environment: NodeJS.ProcessEnv, platform: string, home: string): string;
    };
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      for (const environment of [
        {},
        { NAS_CACHE_DIR: '/mine' },
        { XDG_CACHE_HOME: '/big' },
        { LOCALAPPDATA: 'D:\\L' },
      ]) {
        const context = { platform, environment, home: '/home/ada' };
        if (platform === 'win32' && 'NAS_CACHE_DIR' in environment) continue;
        assert.equal(scripts.cacheFolder(environment, platform, '/home/ada'), cacheFolder(context));
      }
    }
  });
});
