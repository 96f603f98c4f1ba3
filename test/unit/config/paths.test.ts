import assert from 'node:assert/strict';
import { configPaths } from '../../../src/config/paths';
import { configSchema } from '../../../src/config/schema';
import { configJsonSchema } from '../../../src/config/jsonSchema';

const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };

describe('the paths of a config', () => {
  it('are named by the keys of whichever entries it has', () => {
    const config = configSchema.parse({
      strategy: { type: 'random' },
      estimator: { type: 'table', file: 'scores.csv', costs: { flops: 'x/y' } },
      data: { set: 'idx', files },
      limits: { latencyTable: 'latency.json' },
    });
    assert.deepEqual(
      configPaths(config).map(({ key, value, access }) => `${access} ${key.join('.')} ${value}`),
      [
        'reads estimator.file scores.csv',
        'reads data.files.trainImages a',
        'reads data.files.trainLabels b',
        'reads data.files.testImages c',
        'reads data.files.testLabels d',
        'reads limits.latencyTable latency.json',
        'writes output.folder runs',
      ],
    );
    assert.deepEqual(
      configPaths(configSchema.parse({})).map(({ value }) => value),
      ['runs'],
    );
  });

  it('are all that sound like one: no key that speaks of a file or folder is forgotten', () => {
    const speaks = /\b(file of|files? of|csv file|idx file|run folders are made)\b/i;
    const found: string[] = [];
    const visit = (node: unknown, key: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, description } = node as { type?: unknown; description?: unknown };
      if (type === 'string' && typeof description === 'string' && speaks.test(description)) found.push(key);
      for (const [name, inner] of Object.entries(node)) visit(inner, name);
    };
    visit(configJsonSchema().properties, '');
    assert.deepEqual(
      [...new Set(found)].sort(),
      [
        'file',
        'folder',
        'latencyTable',
        'validationImages',
        'validationLabels',
        ...Object.keys(files),
      ].sort(),
    );
  });
});
