import assert from 'node:assert/strict';
import type { ImageSet } from '../../../src/data/dataSet';
import { JobData } from '../../../src/job/data';
import { tinyConfig } from '../../support/tinyConfig';

function setOf(labels: readonly number[], classes: number): ImageSet {
  const count = labels.length;
  const [height, width, channels] = [8, 8, 1];
  const classNames = Array.from({ length: classes }, (_, label) => `kind ${label}`);
  const images = Uint8Array.from({ length: count * height * width }, (_, i) => i % 251);
  return {
    images,
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
