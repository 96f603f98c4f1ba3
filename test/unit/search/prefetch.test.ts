import assert from 'node:assert/strict';
import { BatchIterator } from '../../../src/data/batches';
import type { UserError } from '../../../src/errors';
import type { ArrayBatch } from '../../../src/network/batch';
import { Random } from '../../../src/random';
import { PrefetchedSource, scoreBatches } from '../../../src/search/prefetch';
import { noAugmentation } from '../data/helpers';

/** Shuffled and augmented batches of 4 of 10 images, each time from the start. */
function source(): BatchIterator {
  const random = Random.fromSeed(3, 'images');
  const [height, width, channels, count] = [3, 3, 1, 10];
  const images = Uint8Array.from({ length: count * height * width }, () => random.integer(256));
  const labels = Uint16Array.from({ length: count }, (_, i) => i);
  const set = { images, labels, height, width, channels, classes: count, classNames: [] };
  return new BatchIterator({
    set: set as never,
    indices: Int32Array.from({ length: count }, (_, i) => i),
    batchSize: 4,
    normalization: { mean: [0.5], std: [0.25] },
    augmentation: { ...noAugmentation, crop: 1, flip: true, cutout: 1 },
    random: Random.fromSeed(5, 'batches'),
  });
}

const plain = (count: number): ArrayBatch[] => {
  const batches = source();
  return Array.from({ length: count }, () => batches.next());
};

describe('prefetched batches', () => {
  it('are those of the source, whether prepared or not', () => {
    const prefetched = new PrefetchedSource(source());
    const seen = [0, 1, 2, 3, 4, 5].map((i) => {
      if (i % 3 > 0) prefetched.prepare();
      if (i % 3 > 1) prefetched.prepare();
      return prefetched.next();
    });
    assert.deepEqual(seen, plain(6));
  });

  it('have the state from before what was prepared, over the end of an epoch too', () => {
    const [reference, prefetched] = [source(), new PrefetchedSource(source())];
    for (let i = 0; i < 5; i++) {
      assert.deepEqual(prefetched.state(), reference.state());
      prefetched.prepare();
      assert.deepEqual(prefetched.state(), reference.state());
      assert.deepEqual(prefetched.next(), reference.next());
    }
  });

  it('go on from a saved state, and forget what they had prepared', () => {
    const first = new PrefetchedSource(source());
    first.next();
    first.prepare();
    const state = first.state();
    const second = new PrefetchedSource(source());
    second.prepare();
    second.restore(JSON.parse(JSON.stringify(state)));
    assert.deepEqual([second.next(), second.next()], plain(3).slice(1));
  });
});

describe('scores over batches', () => {
  const judging = { classes: 10, score: 'logLoss' } as const;

  it('makes the next batch before the one under way is judged', async () => {
    const order: string[] = [];
    function* batches(): Generator<ArrayBatch> {
      for (const batch of plain(2)) {
        order.push('made');
        yield batch;
      }
    }
    const evaluate = async ({ shape }: ArrayBatch) => {
      await Promise.resolve();
      order.push('judged');
      return { loss: order.length, correct: shape[0] / 2, predicted: new Uint16Array(shape[0]) };
    };
    const score = await scoreBatches(batches(), evaluate, () => false, judging);
    assert.deepEqual(order, ['made', 'made', 'judged', 'judged']);
    assert.deepEqual(score, { loss: 3.5, accuracy: 0.5, score: -3.5 });
  });

  it('gives way when interrupted', async () => {
    const evaluate = () => Promise.resolve({ loss: 1, correct: 1, predicted: new Uint16Array(2) });
    assert.equal(await scoreBatches(plain(2), evaluate, () => true, judging), undefined);
  });

  it('tells a person when the loss is no number', async () => {
    const evaluate = () => Promise.resolve({ loss: NaN, correct: 0, predicted: new Uint16Array(2) });
    await assert.rejects(
      scoreBatches(plain(1), evaluate, () => false, judging),
      (error: UserError) => error.message.includes('diverged') && error.hint!.includes('learning rate'),
    );
  });
});
