import assert from 'node:assert/strict';
import { loadBackend } from '../../../src/backend/load';
import type { UserError } from '../../../src/errors';
import { scoreBatch } from '../../../src/estimate/scoreBatch';
import type { ArrayBatch } from '../../../src/network/batch';
import { searchConfig } from './config';
import { drive, searchOf, trialsOf } from './support';

/** Batches of images with two pixels: a number and its negative; the number is the class, too. */
function batchesOf(...batches: readonly (readonly number[])[]): ArrayBatch[] {
  return batches.map((labels) => ({
    images: Float32Array.from(labels.flatMap((value) => [value, -value])),
    labels,
    shape: [labels.length, 1, 2, 1],
  }));
}

describe('the batch of scores without training', () => {
  it('has every image once, in order, and no more than were asked for', () => {
    const { batch, notice } = scoreBatch(batchesOf([1, 2, 1], [2, 2, 3], [4, 5, 6]), 4);
    assert.deepEqual([...batch.images], [1, -1, 2, -2, 3, -3, 4, -4]);
    assert.deepEqual(Array.from(batch.labels), [1, 2, 3, 4]);
    assert.deepEqual(batch.shape, [4, 1, 2, 1]);
    assert.equal(notice, undefined);
  });

  it('has as many as there are, and says so by the name of the key', () => {
    const { batch, notice } = scoreBatch(batchesOf([1, 2, 1], [2, 3]), 8);
    assert.deepEqual(batch.shape, [3, 1, 2, 1]);
    assert.match(notice!, /estimator\.images asks for 8 images; the training split has 3 different ones/);
  });

  for (const [title, batches] of [
    ['one', batchesOf([7, 7], [7])],
    ['no', []],
  ] as const) {
    it(`is refused with ${title} image to compare, by the keys that give more`, () => {
      assert.throws(
        () => scoreBatch(batches, 8),
        ({ code, message, hint }: UserError) =>
          code === 'too-few-images' &&
          message.includes(`has ${title === 'one' ? 1 : 'no'} different`) &&
          /data\.trainImages/.test(hint!),
      );
    });
  }

  describe('in a search', () => {
    before(() => loadBackend('wasm'));

    const data = { set: 'synthetic', trainImages: 16, testImages: 20, imageSize: 8 } as const;
    const augmentation = { crop: 2, flip: true, cutout: 3 };
    const configOf = (proxy: 'naswot' | 'jacov', more: { augmentation?: typeof augmentation } = {}) =>
      searchConfig({
        estimator: { type: 'zero_cost', proxy, images: 32 },
        data: { ...data, ...more },
        training: { batchSize: 4 },
        budget: { trials: 3 },
      });

    for (const proxy of ['naswot', 'jacov'] as const) {
      it(`${proxy} tells few images apart, and the search says that they are few`, async () => {
        const events = await drive(await searchOf(configOf(proxy)));
        const trials = trialsOf(events);
        assert.deepEqual(
          trials.map(({ status }) => status),
          ['done', 'done', 'done'],
        );
        // An image that comes twice costs jacov 1/k = 10⁵.
        for (const { score } of trials) assert.ok(score! > -5e4, `${score}`);
        const notices = events.filter((event) => event.type === 'notice');
        assert.deepEqual(
          notices.map(({ message }) => message.slice(0, 49)),
          ['estimator.images asks for 32 images; the training'],
        );
      });
    }

    it('takes no part in augmentation', async () => {
      const scores = async (config: ReturnType<typeof configOf>): Promise<(number | undefined)[]> =>
        trialsOf(await drive(await searchOf(config))).map(({ score }) => score);
      const plain = await scores(configOf('naswot'));
      const augmented = configOf('naswot', { augmentation });
      assert.deepEqual(await scores(augmented), plain);
    });
  });
});
