import assert from 'node:assert/strict';
import util from 'node:util';
import { restoreUtilFunctions } from '../../../src/backend/nodeUtil';

describe('functions that Node took away', () => {
  const original = Object.getOwnPropertyDescriptors(util);
  afterEach(() => Object.defineProperties(util, original));

  it('are there again for tfjs-node', () => {
    for (const name of ['isNullOrUndefined', 'isArray']) Reflect.deleteProperty(util, name);
    restoreUtilFunctions();
    const { isNullOrUndefined, isArray } = util as unknown as Record<string, (value: unknown) => boolean>;
    assert.deepEqual(
      [undefined, null, 0, ''].map((value) => isNullOrUndefined!(value)),
      [true, true, false, false],
    );
    assert.deepEqual(
      [[], {}].map((value) => isArray!(value)),
      [true, false],
    );
  });
});
