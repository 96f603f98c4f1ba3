/** Making folders. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from '../../../src/runs/atomic';

describe('folders that are missing', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-folders-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are made with those above them, and again without harm', () => {
    const deep = join(folder, 'a', 'b', 'c');
    makeFolders(deep);
    makeFolders(deep);
    assert.ok(statSync(deep).isDirectory());
  });

  it('are refused below a file', () => {
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => makeFolders(join(folder, 'file')), { code: 'EEXIST' });
    assert.throws(() => makeFolders(join(folder, 'file', 'a')), { code: 'ENOTDIR' });
  });

  it('are refused at once where a file system takes none', function () {
    if (!existsSync('/proc/self')) return this.skip();
    assert.throws(() => makeFolders('/proc/nas-workbench/a'), { code: 'ENOENT' });
  });
});
