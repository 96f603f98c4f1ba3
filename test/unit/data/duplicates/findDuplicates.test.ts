import assert from 'node:assert/strict';
import { findDuplicates } from '../../../../src/data/duplicates/findDuplicates';
import { UserError } from '../../../../src/errors';
import { Random } from '../../../../src/random';
import { drawn, setOf, waves } from './pictures';

const side = 24;

describe('duplicates', () => {
  const random = Random.fromSeed(11);
  const scenes = Array.from({ length: 60 }, () => waves(random));
  const originals = scenes.map((scene) => drawn(side, scene));
  const noise = (most: number) => (value: number) => value + most * (2 * random.uniform() - 1);

  it('are found when they are equal, brighter, of less contrast, noisy or moved; others are left alone', async () => {
    const copies = [
      drawn(side, scenes[3]!),
      drawn(side, scenes[7]!, (value) => 1.08 * value),
      drawn(side, scenes[12]!, (value) => 30 + 0.8 * value),
      drawn(side, scenes[20]!, noise(6)),
      drawn(side, (x, y, c) => scenes[31]!(x + 0.4 / side, y - 0.3 / side, c)),
      drawn(side, waves(random)),
    ];
    const groups = await findDuplicates({ train: setOf(originals, side), test: setOf(copies, side) });
    assert.deepEqual([...groups!.test], [0, 1, 2, 3, 4, -1]);
    const expected = new Int32Array(60).fill(-1);
    for (const [group, image] of [3, 7, 12, 20, 31].entries()) expected[image] = group;
    assert.deepEqual(groups!.train, expected);
    assert.equal(groups!.count, 5);
  });

  it('are not found where there are none', async () => {
    const sets = { train: setOf(originals.slice(0, 40), side), test: setOf(originals.slice(40), side) };
    assert.equal(await findDuplicates(sets), undefined);
  });

  it('among pictures nearly of one colour are those alone that are equal to the byte', async () => {
    const plain = (value: number) => new Uint8Array(3 * side * side).fill(value);
    const train = setOf([...originals.slice(0, 10), plain(0), plain(1), plain(0), plain(255)], side);
    const groups = await findDuplicates({ train, test: setOf([plain(255), plain(254)], side) });
    assert.deepEqual([...groups!.train.subarray(10)], [0, -1, 0, 1]);
    assert.deepEqual([...groups!.test], [1, -1]);
  });

  it('are found among two images alone', async () => {
    const [one, other] = [drawn(side, scenes[0]!), drawn(side, scenes[0]!, noise(3))];
    const groups = await findDuplicates({ train: setOf([one], side), test: setOf([other], side) });
    assert.deepEqual([...groups!.train, ...groups!.test], [0, 0]);
  });

  it('can be cancelled while they are looked for, and it is told how far that is', async () => {
    const [aborting, told] = [new AbortController(), [] as number[]];
    const sets = { train: setOf(originals, side), test: setOf([], side) };
    const looking = findDuplicates(sets, {
      signal: aborting.signal,
      onProgress: ({ step, fraction }) => {
        assert.equal(step, 'Looking for duplicates');
        told.push(fraction!);
        aborting.abort();
      },
    });
    await assert.rejects(looking, (error) => error instanceof UserError && error.code === 'cancelled');
    assert.deepEqual(told, [0]);
  });
});
