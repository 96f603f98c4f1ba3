import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../../../src/config/schema';
import { isInside } from '../../../src/config/inside';
import { pathsOutside } from '../../../src/editor/run/outside';
import { temporaryFolder } from './support';

describe('paths of a config', () => {
  const folder = temporaryFolder();
  const write = (output: string) => configSchema.parse({ output: { folder: output } });

  it('are inside when below the workspace, whether they exist or not', () => {
    const workspace = join(folder.path, 'workspace');
    mkdirSync(workspace);
    assert.equal(isInside(join(workspace, 'a/b'), [workspace]), true);
    assert.equal(isInside(workspace, [workspace]), true);
    assert.equal(isInside(join(workspace, '..a'), [workspace]), true);
    assert.equal(isInside(`${workspace}-2`, [workspace]), false);
    assert.equal(isInside(workspace, []), false);
  });

  it('are told when they leave it', () => {
    const workspace = folder.path;
    assert.deepEqual(pathsOutside(write('runs'), workspace, [workspace]), []);
    assert.deepEqual(pathsOutside(write('../runs'), join(workspace, 'a'), [workspace]), []);
    const outside = join(workspace, '..', 'runs');
    assert.deepEqual(pathsOutside(write('../runs'), workspace, [workspace]), [`writes to ${outside}`]);
  });

  it('are followed through links', () => {
    const [workspace, elsewhere] = [join(folder.path, 'workspace'), join(folder.path, 'elsewhere')];
    [workspace, elsewhere].forEach((path) => mkdirSync(path));
    symlinkSync(elsewhere, join(workspace, 'runs'), 'junction');
    assert.equal(pathsOutside(write('runs'), workspace, [workspace]).length, 1);
  });

  it('include the files of a data set', () => {
    const names = ['trainImages', 'trainLabels', 'testImages', 'testLabels'];
    const files = Object.fromEntries(names.map((name) => [name, `/data/${name}`]));
    const config = configSchema.parse({ data: { set: 'idx', files } });
    const outside = pathsOutside(config, folder.path, [folder.path]);
    assert.deepEqual(
      outside,
      names.map((name) => `reads /data/${name}`),
    );
  });

  it('include whatever key of whatever entry is a path', () => {
    const config = configSchema.parse({
      estimator: { type: 'table', file: '/a/scores.csv' },
      limits: { latencyTable: '../latency.json' },
      output: { folder: '/b' },
    });
    const workspace = join(folder.path, 'workspace');
    assert.deepEqual(pathsOutside(config, workspace, [workspace]), [
      'reads /a/scores.csv',
      `reads ${join(folder.path, 'latency.json')}`,
      'writes to /b',
    ]);
  });
});
