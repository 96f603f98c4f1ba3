import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { outputOf } from '../../../scripts/process.mjs';
import { changedFiles } from '../../../scripts/testing/changed.mjs';

describe('what a check looks at', () => {
  /** @type {string} */
  let folder;
  const git = (/** @type {string[]} */ ...args) => outputOf('git', ['-C', folder, ...args]);
  const write = (/** @type {string} */ name, text = name) => writeFileSync(path.join(folder, name), text);
  const commit = (/** @type {string} */ message) => {
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@b.c'];
    execFileSync('git', ['-C', folder, 'add', '-A']);
    execFileSync('git', ['-C', folder, ...who, 'commit', '-qm', message]);
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-changed-'));
    execFileSync('git', ['init', '-q', folder]);
    for (const name of ['same.ts', 'edited.ts', 'committed.ts']) write(name);
    write('.gitignore', 'ignored.ts\n');
    commit('first');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is what was edited or made since the last commit, where there is no origin', () => {
    write('edited.ts', 'other');
    write('new.ts');
    write('ignored.ts');
    assert.deepEqual(changedFiles(git), ['edited.ts', 'new.ts']);
  });

  it('is with that what was committed since a revision', () => {
    const first = git('rev-parse', 'HEAD');
    write('committed.ts', 'other');
    commit('second');
    write('new.ts');
    assert.deepEqual(changedFiles(git, first), ['committed.ts', 'new.ts']);
    execFileSync('git', ['-C', folder, 'update-ref', 'refs/remotes/origin/main', String(first)]);
    assert.deepEqual(changedFiles(git), ['committed.ts', 'new.ts']);
  });

  it('is an error for a revision that there is not', () => {
    assert.throws(() => changedFiles(git, 'nowhere'), /no revision nowhere/);
  });
});
