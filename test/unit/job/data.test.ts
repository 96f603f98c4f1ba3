import assert from 'node:assert/strict';
import type { ImageSet } from '../../../src/data/dataSet';
import { HeldImages } from '../../../src/data/images';
import { JobData } from '../../../src/job/data';
import type { ArrayBatch } from '../../../src/network/batch';
import { tinyConfig } from '../../support/tinyConfig';

function setOf(labels: readonly number[], classes: number): ImageSet {
  const count = labels.length;
  const [height, width, channels] = [8, 8, 1];
  const classNames = Array.from({ length: classes }, (_, label) => `kind ${label}`);
  const bytes = Uint8Array.from({ length: count * height * width }, (_, i) => i % 251);
  return {
    images: new HeldImages(bytes, height * width),
    labels: Uint16Array.from(labels),
    ...{ count, height, width, channels, classes, classNames },
  };
}

describe('the data of a job', () => {
  const config = tinyConfig({ data: { set: 'synthetic', trainImages: 80, testImages: 8 } });

  it('says what its set and its splits say', () => {
    const train = setOf([...Array.from({ length: 79 }, (_, i) => i % 2), 2], 3);
    const test = setOf([0, 0, 0, 1, 1, 2], 3);
    const data = new JobData(config, { name: 'own', train, test, notice: 'A part of it.' });
    assert.deepEqual(data.notices, [
      'A part of it.',
      'No image that trains α or validates is of "kind 2": they have too few images. Add some, or leave them out.',
    ]);
    assert.deepEqual(data.classes, { count: 3, largestShare: 0.5 });
  });

  describe('of unbalanced classes', () => {
    const labels = Array.from({ length: 80 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const dataOf = (data: object): JobData =>
      new JobData(
        tinyConfig({ data: { set: 'synthetic', trainImages: 80, testImages: 80, ...data } as never }),
        {
          ...{ name: 'own', train: setOf(labels, 2), test: setOf(labels, 2) },
        },
      );
    const weightsIn = (batches: readonly ArrayBatch[]): Map<number, number | undefined> =>
      new Map(
        batches.flatMap(({ labels, lossWeights }) => Array.from(labels, (k, i) => [k, lossWeights?.[i]])),
      );

    it('weighs every loss of search and training by the images that train, and no score', () => {
      const job = dataOf({ classWeights: 'balanced' });
      const search = job.search();
      const training = job.training('final');
      // 72 : 8 in all, and as in each half.
      const expected = new Map([
        [0, Math.fround(80 / (2 * 72))],
        [1, 5],
      ]);
      const drawn = (source: { next(): ArrayBatch }) => Array.from({ length: 10 }, () => source.next());
      for (const batches of [
        drawn(search.train),
        drawn(search.validation),
        drawn(search.trainBatches('trial 0')),
        [...search.plainBatches()],
        [...search.architectureBatches()],
        drawn(training.train),
      ]) {
        assert.deepEqual(new Map([...weightsIn(batches)].sort()), expected);
      }
      const none = new Map([0, 1].map((label) => [label, undefined]));
      for (const batches of [[...search.validationBatches()], [...training.testBatches()]]) {
        assert.deepEqual(new Map([...weightsIn(batches)].sort()), none);
      }
    });

    it('says the weights of the final training for the genotype, or none', () => {
      assert.deepEqual(dataOf({ classWeights: 'balanced' }).finalClassWeights, [0.555556, 5]);
      assert.equal(dataOf({}).finalClassWeights, undefined);
    });

    it('draws rare classes more often where sampling is balanced, in as many steps', () => {
      const [plain, balanced] = [dataOf({}), dataOf({ sampling: 'balanced' })];
      assert.equal(balanced.searchStepsPerEpoch, plain.searchStepsPerEpoch);
      for (const source of [
        balanced.search().train,
        balanced.search().validation,
        balanced.training('final').train,
      ]) {
        const labels = Array.from({ length: 50 }, () => [...Array.from(source.next().labels)]).flat();
        const rare = labels.filter((label) => label === 1).length / labels.length;
        assert.ok(rare > 0.35 && rare < 0.65, `${rare}`);
      }
    });
  });

  it('has batches of labels beyond 255', () => {
    const labels = Array.from({ length: 600 }, (_, i) => i % 300);
    const set = setOf(labels, 300);
    const many = new JobData(tinyConfig({ data: { set: 'synthetic', trainImages: 600, testImages: 300 } }), {
      ...{ name: 'many', train: set, test: set },
    });
    const tested = [...many.training('final').testBatches()].flatMap((batch) => Array.from(batch.labels));
    assert.deepEqual(
      tested.sort((a, b) => a - b),
      Array.from({ length: 300 }, (_, label) => label),
    );
    assert.deepEqual(many.notices, []);
  });
});
