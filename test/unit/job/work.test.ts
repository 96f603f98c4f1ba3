/** How much work a search is, known before anything of it is made. */
import assert from 'node:assert/strict';
import type { ConfigInput } from '../../../src/config/schema';
import { prepareJob } from '../../../src/job/prepare';
import { firstWork, startSearch } from '../../../src/job/startSearch';
import { tinyConfig } from '../../support/tinyConfig';

const trials = { budget: { trials: 7, epochs: 2 } };
const searches: Readonly<Record<string, ConfigInput>> = {
  'a gradient search of first order': {},
  'one of second order': { strategy: { type: 'darts', order: 'second' } },
  'one on partial channels': { strategy: { type: 'pc-darts', partialChannels: 2 } },
  ...Object.fromEntries(
    (['uniform', 'fair'] as const).map((sampling) => [
      `${sampling} weight sharing`,
      { ...trials, strategy: { type: 'random' }, estimator: { type: 'shared', sampling } },
    ]),
  ),
  training: { ...trials, strategy: { type: 'random' }, estimator: { type: 'training', epochs: 2 } },
  'successive halving': { ...trials, strategy: { type: 'random' }, estimator: { type: 'asha' } },
  'scores without training': {
    ...{ ...trials, strategy: { type: 'evolution' }, estimator: { type: 'zero_cost', images: 8 } },
  },
  prediction: { ...trials, strategy: { type: 'random' }, estimator: { type: 'predictor' } },
};

describe('work of a search', () => {
  for (const [title, changes] of Object.entries(searches)) {
    it(`is that of the search itself, without an engine: ${title}`, async () => {
      const config = tinyConfig(changes);
      const prepared = await prepareJob(config, { configFolder: '/', engine: 'fused', threads: 1 });
      const options = { ...prepared, config, readFile: () => assert.fail('no file is named') };
      const engine = {
        ...{ threads: 1 },
        get engine(): 'fused' {
          return assert.fail('a network was made');
        },
      };
      const work = firstWork({ ...options, engine });
      const search = startSearch(options);
      try {
        const { trials, epochs, stepsPerEpoch, stepWork } = search;
        assert.deepEqual({ trials: undefined, ...work }, { trials, epochs, stepsPerEpoch, stepWork });
        assert.ok(work.stepWork > 1 && work.stepsPerEpoch > 0);
      } finally {
        search.dispose();
      }
    });
  }

  it('counts two passes for a step of first order and five for one of second order', async () => {
    const workOf = async (order: 'first' | 'second'): Promise<number> => {
      const config = tinyConfig({ strategy: { type: 'darts', order } });
      const prepared = await prepareJob(config, { configFolder: '/', engine: 'fused', threads: 1 });
      return firstWork({ ...prepared, config, readFile: () => '' }).stepWork;
    };
    assert.equal((await workOf('second')) / (await workOf('first')), 5 / 2);
  });
});
