import assert from 'node:assert/strict';
import { loadBackend } from '../../../src/backend/load';
import { startEstimator } from '../../../src/estimate/startEstimator';
import { estimatorContext } from '../../../src/job/startSearch';
import { prepareJob } from '../../../src/job/prepare';
import { layoutOf } from '../../../src/network/structure';
import type { ConfigInput } from '../../../src/config/schema';
import { searchConfig } from './config';
import { drive, searchOf, throughFile, trialsOf } from './support';

type Section = NonNullable<ConfigInput['estimator']>;

/** Every way to judge, as small as it gets. */
const sections: readonly (readonly [string, Section])[] = [
  ['training', { type: 'training', epochs: 2 }],
  ['early stopping', { type: 'early_stopping', epochs: 6, patience: 1, minDelta: 0, extrapolate: true }],
  ['successive halving', { type: 'asha', minEpochs: 1, eta: 2, epochs: 4 }],
  ['shared weights, uniform', { type: 'shared', sampling: 'uniform' }],
  ['zero-cost', { type: 'zero_cost', proxy: 'snip', images: 12 }],
  ['predictor', { type: 'predictor', epochs: 1, warmup: 2, auditEvery: 2 }],
  ['shared weights, fair', { type: 'shared', sampling: 'fair' }],
];

describe('estimators', () => {
  before(() => loadBackend('wasm'));

  for (const [name, estimator] of sections) {
    const config = searchConfig({ estimator, budget: { trials: 4, epochs: 2 } });

    it(`${name}: judges every trial, twice alike`, async () => {
      const first = await searchOf(config);
      const events = await drive(first);
      const trials = trialsOf(events);
      assert.deepEqual(
        trials.map(({ status }) => status),
        ['done', 'done', 'done', 'done'],
      );
      for (const { score } of trials) assert.ok(Number.isFinite(score));
      assert.equal(first.progress.share, 1);
      first.dispose();
      assert.deepEqual(await drive(await searchOf(config)), events);
    });

    it(`${name}: goes on from a checkpoint in its middle`, async () => {
      const whole = await drive(await searchOf(config));
      for (const stop of [2, 7, 13]) {
        const first = await searchOf(config);
        let steps = 0;
        const before = await drive(first, () => ++steps > stop);
        const snapshot = throughFile(first.snapshot());
        first.dispose();
        const second = await searchOf(config);
        second.restore(snapshot);
        assert.deepEqual([...before, ...(await drive(second))], whole, `stopped after ${stop}`);
        second.dispose();
      }
    });
  }

  it('early stopping trains no longer than its patience allows', async () => {
    const estimator = { type: 'early_stopping', epochs: 30, patience: 1 } as const;
    const events = await drive(await searchOf(searchConfig({ estimator, budget: { trials: 3 } })));
    for (const { index, metrics, score } of trialsOf(events)) {
      const curve = events.flatMap((event) =>
        event.type === 'epoch' && event.trial === index ? [event.validationAccuracy!] : [],
      );
      assert.equal(curve.length, metrics!['epochs']);
      assert.equal(score, Math.max(...curve));
      if (curve.length < 30) assert.ok(curve.at(-1)! <= Math.max(...curve.slice(0, -1)));
    }
    assert.ok(trialsOf(events).some(({ metrics }) => metrics!['epochs']! < 30));
  });

  it('successive halving spends fewer epochs on the worse', async () => {
    const estimator = { type: 'asha', minEpochs: 1, eta: 2, epochs: 4 } as const;
    const trials = trialsOf(await drive(await searchOf(searchConfig({ estimator, budget: { trials: 6 } }))));
    const epochs = trials.map(({ metrics }) => metrics!['epochs']!);
    assert.equal(epochs[0], 4);
    assert.ok(epochs.includes(1));
  });

  it('the predictor trains the first and every other one after them, and reports its errors', async () => {
    const estimator = { type: 'predictor', epochs: 1, warmup: 3, auditEvery: 2 } as const;
    const search = await searchOf(searchConfig({ estimator, budget: { trials: 9 } }));
    const events = await drive(search);
    const trained = (index: number): boolean =>
      events.some((event) => event.type === 'epoch' && event.trial === index);
    assert.deepEqual(
      trialsOf(events).map(({ index, metrics }) => [trained(index), metrics!['predicted'] === 1]),
      [true, true, true, false, true, false, true, false, true].map((yes) => [yes, !yes]),
    );
    const reports = events.filter((event) => event.type === 'report');
    assert.deepEqual(
      reports.map(({ source, trial }) => [source, trial]),
      [4, 6, 8].map((trial) => ['estimator', trial]),
    );
    for (const { values } of reports) assert.ok(values['meanAbsoluteError']! >= 0);
  });

  /** Names of the weights that the first step of the supernet leaves as they were. */
  async function untouched(sampling: 'uniform' | 'fair'): Promise<string[]> {
    const config = searchConfig({
      space: { type: 'cell', nodes: 2, cells: 3, channels: 2, operations: ['conv_1x1', 'conv_3x3'] },
      estimator: { type: 'shared', sampling },
      training: { weightDecay: 0 },
    });
    const { space, data } = await prepareJob(config, { configFolder: '/' });
    const engine = { engine: 'fused', threads: 1 } as const;
    const context = estimatorContext({ config, space, data, engine, readFile: () => '' });
    const estimator = startEstimator(config.estimator, context);
    const before = estimator.preparation!.snapshot().arrays['weights']!;
    await estimator.preparation!.advance({ emit: () => undefined, interrupted: () => false });
    const after = estimator.preparation!.snapshot().arrays['weights']!;
    estimator.dispose();
    return layoutOf(context.space.supernet!.plan(data.input))
      .parameters.filter(({ offset, size }) =>
        after.subarray(offset, offset + size).every((value, i) => value === before[offset + i]),
      )
      .map((parameter) => parameter.name);
  }

  it('fair steps train every operation of every edge, uniform ones those of one architecture', async () => {
    assert.deepEqual(await untouched('fair'), []);
    const still = await untouched('uniform');
    // 5 edges a cell with 2 candidates each, of which an architecture keeps 4 with 1 each; 3 cells.
    assert.equal(still.length, 3 * (5 * 2 - 4));
    for (const name of still) assert.match(name, /node\d\.from\d/);
  });
});
