import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allStrategies } from '../../../src/config/combinations';
import { parseConfig } from '../../../src/config/parse';
import { crossIssues } from '../../../src/editor/config/crossIssues';
import { strategyTemplates } from '../../../src/editor/config/strategyTemplates';
import { configTemplates } from '../../../src/editor/config/templates';
import { writeOwnImages } from '../../support/ownImages';

describe('the templates of New Search Config', () => {
  for (const template of configTemplates) {
    it(`make a config that is valid: ${template.title}`, () => {
      const { config, issues } = parseConfig(template.text('my "first" search'));
      assert.deepEqual(issues, []);
      assert.equal(config?.name, 'my "first" search');
    });
  }

  it('have names of their own', () => {
    assert.equal(new Set(configTemplates.map(({ id }) => id)).size, configTemplates.length);
    assert.equal(new Set(configTemplates.map(({ fileName }) => fileName)).size, configTemplates.length);
  });
});

describe('the templates of the strategies', () => {
  it('are one for each, in a space that it can search', () => {
    const chosen = strategyTemplates.map(({ text }) => parseConfig(text('x')).config!);
    assert.deepEqual(
      chosen.map(({ strategy }) => strategy.type),
      allStrategies.map(({ name }) => name),
    );
  });

  it('name an estimator where there is a choice of one', () => {
    for (const [i, { text }] of strategyTemplates.entries()) {
      assert.equal(text('x').includes('"estimator"'), allStrategies[i]!.kind === 'sampling');
    }
  });
});

describe('the problems that the extension itself reports', () => {
  it('are those between keys', async () => {
    const text = '{ "preset": "laptop", "strategy": { "warmupEpochs": 9 }, "budget": { "epochs": 3 } }';
    const [issue, ...others] = await crossIssues(text);
    assert.deepEqual(others, []);
    assert.equal(issue?.path, 'strategy.warmupEpochs');
    assert.equal(text.slice(issue.offset, issue.offset + issue.length), '9');
  });

  it('leave out what the schema tells already', async () => {
    for (const text of ['{ "epochs": 3 }', '{ "seed": "one" }', '{ "seed": ', '[]', '']) {
      assert.notEqual(parseConfig(text).issues.length, 0, text);
      assert.deepEqual(await crossIssues(text), [], text);
    }
  });

  it('are none in a good config', async () => assert.deepEqual(await crossIssues('{}'), []));

  it('are seen in the headers of data files, where these may be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nas-configs-'));
    try {
      const data = writeOwnImages(folder, { height: 12, width: 28, train: 8, test: 4 });
      const text = JSON.stringify({ data: { ...data, imageSize: 14 } });
      const paths = async (workspace: string[]) =>
        (await crossIssues(text, { folder, workspace })).map(({ path }) => path);
      assert.deepEqual(await paths([folder]), ['data.imageSize']);
      assert.deepEqual(await paths([join(folder, 'other')]), []);
      assert.deepEqual(await crossIssues(text), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
