import assert from 'node:assert/strict';
import type { DuplicateGroups, LoadedData } from '../../../../src/data/dataSet';
import { keptTogether, wholeGroups } from '../../../../src/data/duplicates/keepTogether';
import { shareAnew } from '../../../../src/data/duplicates/shareAnew';
import { makeSplits, withoutCopies } from '../../../../src/data/splits';
import { numberedSet } from '../helpers';

const labels = (count: number): number[] => Array.from({ length: count }, (_, i) => i % 2);

/** Sets of so many images, of which pairs or more of positions are copies. */
function dataOf(
  [trains, tests]: readonly [number, number],
  copies: readonly { readonly train?: readonly number[]; readonly test?: readonly number[] }[],
): LoadedData & { readonly duplicates: DuplicateGroups } {
  const duplicates = {
    train: new Int32Array(trains).fill(-1),
    test: new Int32Array(tests).fill(-1),
    count: copies.length,
  };
  copies.forEach(({ train = [], test = [] }, group) => {
    for (const image of train) duplicates.train[image] = group;
    for (const image of test) duplicates.test[image] = group;
  });
  return {
    ...{ name: 'copies', train: numberedSet(labels(trains)), test: numberedSet(labels(tests)) },
    duplicates,
  };
}

describe('copies across splits', () => {
  const options = { validationFraction: 0.5, seed: 3 };

  it('of a test image do not train or validate; that is said', () => {
    const data = dataOf([40, 10], [{ train: [4, 7], test: [2] }, { test: [0, 1] }]);
    const { train, validation, test, copies, notices } = makeSplits(data, options);
    assert.deepEqual([...copies], [4, 7]);
    assert.equal(test.length, 10);
    const used = [...train, ...validation].sort((a, b) => a - b);
    assert.deepEqual(
      used,
      [...labels(40).keys()].filter((i) => i !== 4 && i !== 7),
    );
    assert.match(notices.join(' '), /5 of 50 images are copies of others/);
    assert.match(notices.join(' '), /2 training images are left out, since copies of them test\./);
  });

  it('of a training image are on one side of the training and validation splits, for any seed', () => {
    const pairs = Array.from({ length: 12 }, (_, i) => ({ train: [i, 39 - i] }));
    const data = dataOf([40, 10], pairs);
    for (let seed = 0; seed < 20; seed++) {
      const { train, validation, copies } = makeSplits(data, { ...options, seed });
      assert.equal(copies.length, 0);
      assert.equal(train.length + validation.length, 40);
      const trains = new Set(train);
      for (const { train: both } of pairs) assert.equal(trains.has(both[0]!), trains.has(both[1]!));
    }
    // Without knowing of them, some pair is torn apart.
    const torn = new Set(makeSplits({ ...data, duplicates: undefined }, options).train);
    assert.ok(pairs.some(({ train: both }) => torn.has(both[0]!) !== torn.has(both[1]!)));
  });

  it('leave out training images where the splits were drawn before', () => {
    const data = dataOf([20, 6], [{ train: [1], test: [5] }, { train: [2, 12] }, { train: [3, 4] }]);
    const drawn = {
      train: Int32Array.of(1, 2, 3, 4, 5),
      validation: Int32Array.of(12, 13, 14),
      test: Int32Array.of(4, 5),
      notices: ['drawn'],
    };
    const splits = withoutCopies(drawn, data);
    assert.deepEqual([...splits.train], [3, 4, 5]);
    assert.deepEqual([...splits.validation], [12, 13, 14]);
    assert.deepEqual([...splits.copies], [1, 2]);
    assert.equal(splits.notices[0], 'drawn');
    assert.match(splits.notices[1]!, /One training image is left out, since a copy of it validates\./);
  });

  it('say what to do where nothing is left', () => {
    const all = { train: [...labels(6).keys()], test: [0] };
    assert.throws(() => makeSplits(dataOf([6, 4], [all]), options), /6 others are copies of test images/);
  });

  it('hang together with the groups that a person has', () => {
    const own = Int32Array.of(0, 0, 1, 1, 2, 2);
    const copies = Int32Array.of(-1, 5, 5, -1, -1, -1);
    assert.deepEqual([...wholeGroups(own, copies)!], [0, 0, 0, 0, 4, 4]);
    assert.deepEqual([...wholeGroups(undefined, copies)!], [0, 1, 1, 3, 4, 5]);
    const single = Int32Array.of(-1, 5, 4, -1, -1, -1);
    assert.equal(wholeGroups(own, single), own);
  });

  it('of which there are too many fall where they fall', () => {
    const { duplicates } = dataOf(
      [300, 100],
      [{ train: [...labels(40).keys()] }, { train: [50], test: [1] }],
    );
    const { groups, released } = keptTogether(duplicates);
    assert.equal(released, 40);
    assert.equal(groups.train[0], -1);
    assert.equal(groups.train[50], 1);
  });

  it('are drawn anew where the reader kept a share of all for the test', () => {
    const pairs = Array.from({ length: 10 }, (_, i) => ({ train: [3 * i], test: [i] }));
    const data = { ...dataOf([80, 20], pairs), testShare: 0.2 };
    const shared = shareAnew(data, 1);
    assert.equal(shared.train.count + shared.test.count, 100);
    const { train, test } = shared.duplicates!;
    const tested = new Set([...test].filter((group) => group >= 0));
    assert.ok([...train].every((group) => group < 0 || !tested.has(group)));
    assert.match(shared.notice!, /drawn anew for the test/);
    assert.ok(Math.abs(shared.test.count - 20) <= 2, `${shared.test.count}`);
    // A test split that was given stays.
    assert.equal(shareAnew({ ...data, testShare: undefined }, 1).test, data.test);
  });
});
