import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildFingerprint } from '../../../scripts/bootstrap.mjs';

describe('what decides whether a build is fresh', () => {
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-build-'));
    for (const name of ['src/deep', 'webview', 'kernels', 'test', 'scripts'])
      mkdirSync(path.join(folder, name), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const file of [
    'kernels/pools.ts',
    'src/deep/a.ts',
    'webview/a.ts',
    'esbuild.js',
    'scripts/packData.mjs',
  ]) {
    it(`is ${file}`, () => {
      const before = buildFingerprint(folder);
      writeFileSync(path.join(folder, file), 'one');
      const made = buildFingerprint(folder);
      assert.notEqual(made, before);
      writeFileSync(path.join(folder, file), 'longer');
      assert.notEqual(buildFingerprint(folder), made);
    });
  }

  it('is no test', () => {
    const before = buildFingerprint(folder);
    writeFileSync(path.join(folder, 'test/a.test.ts'), 'one');
    assert.equal(buildFingerprint(folder), before);
  });
});
