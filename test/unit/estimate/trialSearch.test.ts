import assert from 'node:assert/strict';
import { trialCosts } from '../../../src/cost/trialCosts';
import { UserError } from '../../../src/errors';
import type { Estimator, Evaluation } from '../../../src/estimate/estimator';
import { TrialSearch, type TrialContext } from '../../../src/estimate/trialSearch';
import { Random } from '../../../src/random';
import { random } from '../../../src/search/strategies/random';
import { Bench201SearchSpace } from '../../../src/space/bench201/space';
import type { SearchSpace } from '../../../src/space/searchSpace';
import { searchConfig } from './config';
import { drive, searchOf, throughFile, trialsOf } from './support';

const space: SearchSpace = new Bench201SearchSpace({
  operations: ['skip_connect', 'conv_1x1'],
  cellsPerStage: 1,
  channels: 2,
});
const frame = { input: { height: 8, width: 8, channels: 1 }, classes: 3 };

/** Judges at once, by a function of the trial's index; throws what the function throws. */
function judge(score: (index: number) => number): Estimator {
  const nothing = { snapshot: () => ({ meta: null, arrays: {} }), restore: () => undefined };
  return {
    stepWork: 0,
    expectedSteps: { preparation: 0, trial: 0 },
    evaluate: (_, index): Evaluation => {
      let result: Evaluation['result'];
      return {
        get done() {
          return result !== undefined;
        },
        get result() {
          return result;
        },
        steps: 0,
        advance: async () => {
          result = { score: await Promise.resolve(score(index)) };
        },
        ...nothing,
        dispose: () => undefined,
      };
    },
    ...nothing,
    dispose: () => undefined,
  };
}

function searchWith(changes: Partial<TrialContext> & Pick<TrialContext, 'estimator'>): TrialSearch {
  const costs: TrialContext['costs'] = (genotype) => trialCosts(space.proxy(genotype, frame));
  const trials = changes.trials ?? 6;
  const context = { space, random: Random.fromSeed(1, 'strategy'), trials, costs };
  return new TrialSearch({
    ...{ space, trials, costs },
    proposer: random.create({ type: 'random' }, context),
    broken: () => undefined,
    ...changes,
  });
}

describe('a search of trials', () => {
  it('reports every trial and every new best one, and stands for the best', async () => {
    const scores = [0.2, 0.5, 0.5, 0.1, 0.7, 0.6];
    const search = searchWith({ estimator: judge((index) => scores[index]!) });
    const events = await drive(search);
    const trials = trialsOf(events);
    assert.deepEqual(
      trials.map(({ score }) => score),
      scores,
    );
    const best = events.filter((event) => event.type === 'genotype');
    assert.deepEqual(
      best.map(({ trial }) => trial),
      [0, 1, 4],
    );
    assert.deepEqual(search.genotype(), trials[4]!.genotype);
    assert.deepEqual(search.progress.share, 1);
  });

  it('goes on after a trial that diverged, had no memory, or has no score', async () => {
    const search = searchWith({
      estimator: judge((index) => {
        if (index === 1) throw new UserError('It diverged.', 'Lower it.', 'diverged');
        if (index === 2) throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
        return index === 3 ? NaN : index;
      }),
    });
    const trials = trialsOf(await drive(search));
    assert.deepEqual(
      trials.map(({ status }) => status),
      ['done', 'failed', 'failed', 'failed', 'done', 'done'],
    );
    assert.equal(trials[1]!.message, 'It diverged. Lower it.');
    assert.deepEqual(search.genotype(), trials[5]!.genotype);
  });

  it('is no success when most of its trials failed: it ends early and says how many, why, and what to do', async () => {
    const lookUp = (index: number): number => {
      if (index === 1) return 0.9;
      if (index === 0) throw new UserError('It diverged.', 'Lower it.', 'diverged');
      throw new UserError(`table.csv does not have architecture ${index}.`, 'Narrow it.', 'not-in-table');
    };
    const search = searchWith({ estimator: judge(lookUp), trials: 10 });
    assert.equal(trialsOf(await drive(search)).length, 7, 'six failures of ten decide it');
    assert.throws(
      () => search.genotype(),
      (error: UserError) => {
        assert.match(
          error.message,
          /^6 of 7 trials failed.* 5 of them .*: table\.csv does not have architecture 2\.$/,
        );
        assert.match(error.hint!, /^Narrow the space to the architectures of the table/);
        return error.code === 'most-failed';
      },
    );
    const half = searchWith({ estimator: judge((index) => (index % 2 === 0 ? NaN : index)), trials: 10 });
    assert.equal(trialsOf(await drive(half)).length, 10);
    assert.ok(half.genotype(), 'half of them is not most');
  });

  it('counts no architecture that breaks a limit among those that were to be judged', async () => {
    let proposed = 0;
    const search = searchWith({
      estimator: judge((index) => (index === 0 ? 0.5 : NaN)),
      // Of ten, the first three are judged: one is done and two fail.
      broken: () => (++proposed > 3 ? { message: 'too large', excess: 2 } : undefined),
      trials: 10,
    });
    assert.equal(trialsOf(await drive(search)).length, 10);
    assert.throws(
      () => search.genotype(),
      /^UserError: 2 of 3 trials failed.* All of them .*The score is not a number/,
    );
  });

  it('ends with any other error', async () => {
    const search = searchWith({
      estimator: judge(() => {
        throw new TypeError('a defect');
      }),
    });
    await assert.rejects(drive(search), TypeError);
  });

  it('rejects what breaks a limit, unjudged', async () => {
    const judged: number[] = [];
    const half = space.fromChoices([0, 0, 0, 1, 1, 1]);
    const limit = trialCosts(space.proxy(half, frame)).parameters;
    const search = searchWith({
      estimator: judge((index) => judged.push(index)),
      broken: ({ parameters }) =>
        parameters > limit ? { message: `${parameters} parameters`, excess: parameters / limit } : undefined,
      trials: 10,
    });
    const trials = trialsOf(await drive(search));
    const expected = trials.filter(({ costs }) => costs.parameters > limit);
    assert.ok(expected.length > 0 && expected.length < 10);
    assert.deepEqual(
      trials.filter(({ status }) => status === 'rejected'),
      expected,
    );
    assert.equal(judged.length, 10 - expected.length);
  });

  it('says which architecture is nearest when none keeps the limits', async () => {
    const search = searchWith({
      estimator: judge(() => 1),
      broken: ({ parameters }) => ({ message: `${parameters} parameters`, excess: parameters }),
    });
    const trials = trialsOf(await drive(search));
    const nearest = trials.reduce((a, b) => (b.costs.parameters < a.costs.parameters ? b : a));
    assert.throws(
      () => search.genotype(),
      (error: UserError) => {
        assert.match(error.message, /none found, nearest is/);
        return error.message.includes(nearest.text) && error.message.includes(nearest.message!);
      },
    );
  });

  it('ends early with a notice when the space is exhausted', async () => {
    const search = searchWith({ estimator: judge((index) => -index), trials: 1000 });
    const events = await drive(search);
    assert.equal(trialsOf(events).length, Number(space.size));
    const last = events.at(-1)!;
    assert.ok(last.type === 'notice' && last.message.includes(`after ${space.size} of 1000`));
    assert.equal(search.progress.share, 1);
  });

  it('continues the same trajectory from any step, through a checkpoint file', async () => {
    const config = searchConfig({ budget: { trials: 3 } });
    const whole = await drive(await searchOf(config));
    assert.equal(trialsOf(whole).length, 3);
    for (const stop of [0, 1, 4, 9, 16]) {
      const first = await searchOf(config);
      let steps = 0;
      const before = await drive(first, () => ++steps > stop);
      const snapshot = throughFile(first.snapshot());
      // The one that was saved goes on for a while, which must not show.
      first.dispose();
      const second = await searchOf(config);
      second.restore(snapshot);
      const after = await drive(second);
      assert.deepEqual([...before, ...after], whole, `stopped after ${stop}`);
      second.dispose();
    }
  });

  it('refuses a checkpoint that is damaged or of another version with a sentence', async () => {
    const config = searchConfig({ budget: { trials: 3 } });
    const first = await searchOf(config);
    let steps = 0;
    await drive(first, () => ++steps > 9);
    const { meta, arrays } = throughFile(first.snapshot());
    first.dispose();
    const { found, current } = meta as { found: object; current: object };
    assert.ok(current);
    const broken = [
      ['found', { ...(meta as object), found: undefined }],
      ['found.index', { ...(meta as object), found: { ...found, index: -1 } }],
      ['current.costs', { ...(meta as object), current: { ...current, costs: 7 } }],
      ['current.proposal', { ...(meta as object), current: { ...current, proposal: undefined } }],
    ] as const;
    for (const [where, damaged] of broken) {
      const second = await searchOf(config);
      assert.throws(
        () => second.restore({ meta: damaged, arrays }),
        (error) =>
          error instanceof UserError &&
          error.code === 'checkpoint-damaged' &&
          error.message.includes(`the search in the checkpoint is damaged or of another version at ${where}`),
        where,
      );
      second.dispose();
    }
  });

  it('has a progress that only rises, to 1', async () => {
    const search = await searchOf(searchConfig());
    const seen: number[] = [];
    await drive(search, () => {
      seen.push(search.progress.share!);
      return false;
    });
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
    assert.equal(search.progress.share, 1);
    assert.equal(search.progress.step, 2 * 2 * 5);
  });
});
