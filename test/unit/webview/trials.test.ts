import assert from 'node:assert/strict';
import type { Genotype } from '../../../src/space/genotype';
import { replayRun } from '../../../src/protocol/runState';
import { fakeTrials } from '../../../webview/dev/fakeTrials';
import {
  bestSoFar,
  bestTrial,
  byCost,
  knownCosts,
  lineage,
  namedBest,
  paretoFront,
  reportSeries,
  sortTrials,
  type Trial,
} from '../../../webview/trials/trials';
import {
  formatMetric,
  formatScore,
  originText,
  plainName,
  shortArchitecture,
  shortOrigin,
} from '../../../webview/trials/trialText';
import { automaticTraining, trainings, trainingSeries } from '../../../webview/run/trainingSeries';

const genotype: Genotype = { space: 'nasbench201', operations: new Array<string>(6).fill('skip_connect') };

function trial(
  index: number,
  score: number | undefined,
  parameters: number,
  more: Partial<Trial> = {},
): Trial {
  const status = score === undefined ? 'failed' : 'done';
  const costs = { parameters, flops: 10 * parameters, memoryMiB: 1 };
  const fixed = { type: 'trial', seq: index, time: 0, index, genotype, text: `t${index}` } as const;
  return { ...fixed, parents: [], status, score, costs, ...more };
}

const indices = (trials: readonly Trial[]): number[] => trials.map(({ index }) => index);

describe('webview: trials', () => {
  const trials = [
    trial(0, 0.5, 30),
    trial(1, undefined, 5),
    trial(2, 0.7, 40),
    trial(3, 0.5, 20),
    trial(4, 0.7, 60),
    trial(5, 0.9, 90),
    trial(6, 0.6, 40),
    trial(7, 0.4, 20),
  ];

  it('keeps the largest score so far', () => {
    assert.deepEqual(bestSoFar([trial(0, undefined, 1), ...trials]), [
      null,
      0.5,
      0.5,
      0.7,
      0.7,
      0.7,
      0.9,
      0.9,
      0.9,
    ]);
    assert.equal(bestTrial(trials)?.index, 5);
    assert.equal(bestTrial([trial(0, 1, 1), trial(1, 1, 1)])?.index, 0, 'the earlier of equal ones');
    assert.equal(bestTrial([trials[1]!]), undefined);
  });

  it('takes the best that the search itself names', () => {
    const genotypes = [{ epoch: 2, trial: 2, genotype }];
    assert.equal(namedBest({ trials, genotypes }), 2);
    assert.equal(namedBest({ trials, genotypes: [] }), 5);
  });

  it('finds the Pareto front: nothing is better and no dearer', () => {
    assert.deepEqual(indices(paretoFront(trials, 'parameters')), [3, 2, 5]);
    assert.deepEqual(paretoFront([], 'flops'), []);
    assert.deepEqual(paretoFront(trials, 'latencyMs'), [], 'a cost that no trial has');
  });

  it('agrees with the definition of dominance on a made-up search', () => {
    const many = replayRun(fakeTrials({ trials: 80 })).trials;
    const scored = byCost(many, 'flops');
    const beaten = (a: Trial): boolean =>
      scored.some(
        (b) =>
          b.score >= a.score! &&
          b.costs.flops <= a.costs.flops &&
          (b.score > a.score! || b.costs.flops < a.costs.flops),
      );
    const wanted = scored.filter((each) => !beaten(each));
    assert.ok(wanted.length > 2, `${wanted.length} on the front`);
    assert.deepEqual(indices(paretoFront(many, 'flops')), indices(wanted));
  });

  it('sorts by any column, trials without a value last, equal ones by index', () => {
    assert.deepEqual(
      indices(sortTrials(trials, { key: 'score', descending: true })),
      [5, 2, 4, 6, 0, 3, 7, 1],
    );
    assert.deepEqual(
      indices(sortTrials(trials, { key: 'score', descending: false })),
      [7, 0, 3, 6, 2, 4, 5, 1],
    );
    assert.deepEqual(
      indices(sortTrials(trials, { key: 'parameters', descending: false })).slice(0, 3),
      [1, 3, 7],
    );
    assert.deepEqual(indices(sortTrials(trials, { key: 'index', descending: true })).slice(0, 2), [7, 6]);
    assert.deepEqual(indices(sortTrials(trials, { key: 'status', descending: true }))[0], 1);
    assert.equal(trials[0]!.index, 0, 'the list itself stays as it is');
  });

  it('offers the costs that are known', () => {
    assert.deepEqual(knownCosts(trials), ['parameters', 'flops', 'memoryMiB']);
    const measured = trial(0, 1, 1, { costs: { parameters: 1, flops: 1, memoryMiB: 1, latencyMs: 2 } });
    assert.deepEqual(knownCosts([...trials, measured]).at(-1), 'latencyMs');
  });

  it('follows first parents to one that was drawn, and ends with a log that names impossible ones', () => {
    const family = [
      trial(0, 0.5, 1),
      trial(1, 0.6, 1, { parents: [0], by: 'operation' }),
      trial(2, 0.4, 1),
      trial(3, 0.7, 1, { parents: [1, 2], by: 'crossover' }),
      trial(4, 0.7, 1, { parents: [4] }),
      trial(5, 0.7, 1, { parents: [6] }),
      trial(6, 0.7, 1, { parents: [5] }),
    ];
    assert.deepEqual(indices(lineage(family, 3)), [3, 1, 0]);
    assert.deepEqual(indices(lineage(family, 4)), [4]);
    assert.deepEqual(indices(lineage(family, 6)), [6, 5]);
    assert.deepEqual(lineage(family, 99), []);
  });

  it('makes a series of every name that is reported', () => {
    const report = (source: 'strategy' | 'estimator', at: number, values: Record<string, number>) =>
      ({ type: 'report', seq: 0, time: 0, source, trial: at, values }) as const;
    const series = reportSeries([
      report('strategy', 0, { entropy: 2, baseline: 0.1 }),
      report('estimator', 0, { spearman: 0.3 }),
      report('strategy', 1, { entropy: 1.5 }),
      report('strategy', 1, { entropy: 1.4 }),
    ]);
    assert.deepEqual(series, [
      { source: 'strategy', name: 'entropy', trials: [0, 1], values: [2, 1.4] },
      { source: 'strategy', name: 'baseline', trials: [0], values: [0.1] },
      { source: 'estimator', name: 'spearman', trials: [0], values: [0.3] },
    ]);
  });
});

describe('webview: trials in words', () => {
  it('writes scores of any size', () => {
    assert.deepEqual([0.91234, 1, 73.4567, 1234.56, -0.5, 65_432].map(formatScore), [
      '0.9123',
      '1.0000',
      '73.457',
      '1234.6',
      '−0.5000',
      '65.4\u00a0k',
    ]);
    assert.deepEqual([12, 0.5].map(formatMetric), ['12', '0.5000']);
    assert.equal(plainName('validationLoss'), 'Validation loss');
  });

  it('says how a trial was made, counting from 1', () => {
    assert.equal(originText({ parents: [] }), 'proposed without parents');
    assert.equal(originText({ by: 'random', parents: [] }), 'random');
    assert.equal(originText({ by: 'crossover', parents: [2, 7] }), 'crossover from trials 3 and 8');
    assert.equal(shortOrigin({ by: 'operation', parents: [4] }), 'operation ← 5');
    assert.equal(shortOrigin({ parents: [] }), '–');
  });

  it('shortens operations in a line, nothing else', () => {
    assert.equal(
      shortArchitecture('normal: 2 ← sep_conv_3x3(0) + skip_connect(1); my_name'),
      'normal: 2 ← sep 3×3(0) + skip(1); my_name',
    );
  });
});

describe('webview: trainings of trials', () => {
  it('lists the network of every trial that was trained', () => {
    const run = replayRun(fakeTrials({ until: 12, trials: 20 }));
    const all = trainings(run);
    const trained = run.trials.filter(({ status }) => status !== 'rejected');
    assert.deepEqual(
      all.map(({ title }) => title),
      trained.map(({ index }) => `Trial ${index + 1}`),
    );
    assert.equal(automaticTraining(run, all), all.at(-1));
    const done = run.trials.find(({ status }) => status === 'done')!;
    const { epochs, validationLoss } = trainingSeries(
      run,
      all.find(({ trial: of }) => of === done.index)!,
    );
    assert.deepEqual(epochs, [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
    assert.equal(validationLoss.filter((value) => value !== null).length, 2);
  });

  it('calls the training of a supernet for trials by its name', () => {
    const run = replayRun(fakeTrials({ shared: true, trials: 6 }));
    assert.deepEqual(
      trainings(run).map(({ title }) => title),
      ['Shared weights', 'Found network'],
    );
  });
});
