import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeIdx } from '../../../src/data/idx';
import { dataSets, loadDataSet } from '../../../src/data/registry';
import { loadOptions, useFolder } from './helpers';

describe('the registry of data sets', () => {
  it('has unique names, and a sentence for each', () => {
    assert.equal(new Set(dataSets.map(({ name }) => name)).size, dataSets.length);
    for (const { name, description } of dataSets) assert.match(description, /^[A-Z].*\.$/, name);
  });

  it('names the sets there are when one is unknown', async () => {
    await assert.rejects(loadDataSet('cifar', loadOptions('.')), {
      hint: /"mnist", "fashion-mnist", "synthetic", "idx"/,
    });
  });
});

describe('the synthetic set', () => {
  it('has what the registry says', async () => {
    const entry = dataSets.find(({ name }) => name === 'synthetic')!;
    const { train, test } = await entry.load(loadOptions('.'));
    const { height, width, channels, classes } = train;
    assert.deepEqual({ height, width, channels, classes }, entry.shape);
    assert.deepEqual([train.count, test.count], [2000, 500]);
  });

  it('draws as many images as are asked for', async () => {
    const synthetic = { count: 40, testCount: 30 };
    const { train, test } = await loadDataSet('synthetic', loadOptions('.', { synthetic }));
    assert.deepEqual([train.count, test.count], [40, 30]);
  });

  it('depends on the seed alone, and its test images are others than its training images', async () => {
    const load = (seed: number) =>
      loadDataSet('synthetic', loadOptions('.', { seed, synthetic: { count: 40 } }));
    const [one, same, other] = [await load(1), await load(1), await load(2)];
    assert.deepEqual(one, same);
    assert.notDeepEqual(one.train.images, other.train.images);
    assert.notDeepEqual(one.train.images.subarray(0, 784), one.test.images.subarray(0, 784));
  });

  it('comes in other sizes and in colour, all classes alike', async () => {
    const synthetic = { count: 200, size: 12, channels: 3 };
    const { train, test } = await loadDataSet('synthetic', loadOptions('.', { synthetic }), 6);
    assert.deepEqual(
      [train.height, train.width, train.channels, train.images.length],
      [6, 6, 3, 200 * 36 * 3],
    );
    for (let label = 0; label < 10; label++) {
      assert.equal(train.labels.filter((other) => other === label).length, 20);
      assert.equal(test.labels.filter((other) => other === label).length, 5);
    }
    await assert.rejects(
      loadDataSet('synthetic', loadOptions('.', { synthetic: { channels: 2 } })),
      /1 or 3 channels/,
    );
  });
});

describe('the set of IDX files', () => {
  const folder = useFolder();
  const files = {
    trainImages: 'data/train-images',
    trainLabels: 'data/train-labels',
    testImages: 'data/test-images',
    testLabels: 'data/test-labels',
  };

  function write(name: keyof typeof files, dimensions: number[], values: Uint8Array): void {
    mkdirSync(path.join(folder(), 'data'), { recursive: true });
    const bytes = encodeIdx({ dimensions, values });
    writeFileSync(path.join(folder(), files[name]), name === 'trainImages' ? gzipSync(bytes) : bytes);
  }

  beforeEach(() => {
    write('trainImages', [4, 3, 5, 3], new Uint8Array(180));
    write('trainLabels', [4], Uint8Array.of(0, 2, 1, 2));
    write('testImages', [2, 3, 5, 3], new Uint8Array(90));
    write('testLabels', [2], Uint8Array.of(1, 0));
  });

  it('is read from paths that start at the config file, its classes counted', async () => {
    const { train, test } = await loadDataSet('idx', loadOptions(folder(), { files }));
    assert.deepEqual(
      [train.count, train.height, train.width, train.channels, train.classes],
      [4, 3, 5, 3, 3],
    );
    assert.deepEqual([test.count, test.classes], [2, 3]);
  });

  it('says which file is wrong', async () => {
    const load = () => loadDataSet('idx', loadOptions(folder(), { files }));
    write('testLabels', [2], Uint8Array.of(1, 3));
    await assert.rejects(load(), /test-labels: label 3 of image 1 is not among the 3 classes/);
    write('testLabels', [2], Uint8Array.of(1, 0));
    write('testImages', [2, 5, 3, 3], new Uint8Array(90));
    await assert.rejects(load(), /test-images: test images are 5 × 3 × 3, training images 3 × 5 × 3/);
    write('trainLabels', [4], new Uint8Array(4));
    await assert.rejects(load(), /train-labels: all labels are the same/);
  });

  it('asks for its files', async () => {
    await assert.rejects(loadDataSet('idx', loadOptions(folder())), { hint: /Add "files"/ });
  });
});
