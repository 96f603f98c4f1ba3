import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheFolder, layOnce } from '../../../scripts/vscode/cache.mjs';
import { cacheFolder as cacheFolderOfEngine } from '../../../src/backend/folders';

describe('cache of downloads', () => {
  /** @type {string} */
  let folder;
  /** @type {string | undefined} */
  let before;

  beforeEach(() => {
    before = process.env.NAS_CACHE_DIR;
    folder = mkdtempSync(path.join(tmpdir(), 'nas-cache-'));
    process.env.NAS_CACHE_DIR = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.NAS_CACHE_DIR;
    else process.env.NAS_CACHE_DIR = before;
    rmSync(folder, { recursive: true });
  });

  it('is the same folder as that of the engine', () => {
    for (const platform of /** @type {const} */ (['linux', 'darwin', 'win32'])) {
      const environments = [
        {},
        { XDG_CACHE_HOME: '/x' },
        { XDG_CACHE_HOME: 'x' },
        { LOCALAPPDATA: 'C:\\Local' },
        { NAS_CACHE_DIR: '/n' },
      ];
      for (const environment of environments) {
        const home = platform === 'win32' ? 'C:\\Users\\me' : '/home/me';
        assert.equal(
          cacheFolder(environment, platform, home),
          cacheFolderOfEngine({ platform, environment, home }),
        );
      }
    }
  });

  it('builds a folder once', async () => {
    let builds = 0;
    const build = (/** @type {string} */ partial) => {
      builds++;
      writeFileSync(path.join(partial, 'file'), 'whole');
    };
    const first = await layOnce('thing-1', build);
    assert.equal(await layOnce('thing-1', build), first);
    assert.equal(builds, 1);
    assert.equal(readFileSync(path.join(first, 'file'), 'utf8'), 'whole');
    assert.deepEqual(readdirSync(folder), ['thing-1']);
  });

  it('leaves nothing of a build that failed', async () => {
    const failing = layOnce('thing-1', (partial) => {
      writeFileSync(path.join(partial, 'file'), 'half');
      throw new Error('no network');
    });
    await assert.rejects(failing, /no network/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('removes what a killed build has left, but not what another is building', async () => {
    // Process ids go up to 2^22 on Linux and less elsewhere, so this one cannot be alive.
    mkdirSync(path.join(folder, 'thing-1.partial-99999999-abc'));
    mkdirSync(path.join(folder, `thing-1.partial-${process.ppid}-abc`));
    await layOnce('thing-1', () => {});
    assert.deepEqual(readdirSync(folder).sort(), ['thing-1', `thing-1.partial-${process.ppid}-abc`]);
  });

  it('takes the folder of whoever was faster', async () => {
    const build = (/** @type {string} */ name) => async (/** @type {string} */ partial) => {
      writeFileSync(path.join(partial, 'by'), name);
      if (name === 'slow') await layOnce('thing-1', build('fast'));
    };
    const target = await layOnce('thing-1', build('slow'));
    assert.equal(readFileSync(path.join(target, 'by'), 'utf8'), 'fast');
    assert.ok(existsSync(target));
    assert.deepEqual(readdirSync(folder), ['thing-1']);
  });
});
