import assert from 'node:assert/strict';
import { imageBytes } from '../../../src/data/dataSet';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeIdx } from '../../../src/data/idx';
import { dataSets, loadDataSet } from '../../../src/data/registry';
import { idxFiles } from '../../../src/data/sets/idxFiles';
import { synthetic } from '../../../src/data/sets/synthetic';
import { loadContext, useFolder } from './helpers';

describe('the registry of data sets', () => {
  it('has unique names, and a sentence for each', () => {
    assert.equal(new Set(dataSets.map(({ name }) => name)).size, dataSets.length);
    for (const { name, description } of dataSets) assert.match(description, /^[A-Z].*\.$/, name);
  });
});

const drawn = { set: 'synthetic', height: 28, width: 28, channels: 1 } as const;

describe('the synthetic set', () => {
  it('has the facts that the registry says, whatever is asked for', async () => {
    const wishes = [{}, { trainImages: 41 }, { testImages: 7, height: 6, width: 9, channels: 3 as const }];
    for (const wish of wishes) {
      const chosen = { ...drawn, ...wish };
      const { train, test } = await loadDataSet(chosen, loadContext('.'));
      const { height, width, channels, classes } = train;
      const counts = { trainCount: train.count, testCount: test.count };
      assert.deepEqual({ height, width, channels, classes, ...counts }, synthetic.facts(chosen));
    }
    const { trainCount, testCount } = synthetic.facts(drawn);
    assert.deepEqual([trainCount, testCount], [2000, 500]);
  });

  it('takes a count that is there but undefined for none', async () => {
    const { train, test } = await loadDataSet({ ...drawn, trainImages: undefined }, loadContext('.'));
    assert.deepEqual([train.count, test.count], [2000, 500]);
  });

  it('draws as many images as are asked for', async () => {
    const wanted = { ...drawn, trainImages: 40, testImages: 30 };
    const { train, test } = await loadDataSet(wanted, loadContext('.'));
    assert.deepEqual([train.count, test.count], [40, 30]);
  });

  it('depends on the seed alone, and its test images are others than its training images', async () => {
    const load = (seed: number) => loadDataSet({ ...drawn, trainImages: 40 }, loadContext('.', { seed }));
    const [one, same, other] = [await load(1), await load(1), await load(2)];
    assert.deepEqual(one, same);
    assert.notDeepEqual(imageBytes(one.train), imageBytes(other.train));
    assert.notDeepEqual(imageBytes(one.train).subarray(0, 784), imageBytes(one.test).subarray(0, 784));
  });

  it('comes in other shapes and in colour, all classes alike, and is shrunk in its aspect', async () => {
    const chosen = { ...drawn, trainImages: 200, height: 12, width: 30, channels: 3, imageSize: 6 } as const;
    const { train, test } = await loadDataSet(chosen, loadContext('.'));
    assert.deepEqual(
      [train.height, train.width, train.channels, imageBytes(train).length],
      [6, 15, 3, 200 * 6 * 15 * 3],
    );
    for (let label = 0; label < 10; label++) {
      assert.equal(train.labels.filter((other) => other === label).length, 20);
      assert.equal(test.labels.filter((other) => other === label).length, 5);
    }
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
  const chosen = { set: 'idx', files, transpose: false } as const;

  function write(name: keyof typeof files, dimensions: number[], values: Uint8Array): void {
    mkdirSync(path.join(folder(), 'data'), { recursive: true });
    const bytes = encodeIdx({ dimensions, values });
    writeFileSync(path.join(folder(), files[name]), name === 'trainImages' ? gzipSync(bytes) : bytes);
  }

  beforeEach(() => {
    write('trainImages', [4, 3, 5, 3], new Uint8Array(180));
    write('trainLabels', [4], Uint8Array.of(0, 2, 1, 2));
    write('testImages', [3, 3, 5, 3], new Uint8Array(135));
    write('testLabels', [3], Uint8Array.of(1, 0, 2));
  });

  it('is read from paths that start at the config file, its classes counted', async () => {
    const { train, test } = await loadDataSet(chosen, loadContext(folder()));
    assert.deepEqual(
      [train.count, train.height, train.width, train.channels, train.classes],
      [4, 3, 5, 3, 3],
    );
    assert.deepEqual([test.count, test.classes], [3, 3]);
    assert.deepEqual([...train.labels, ...test.labels], [0, 2, 1, 2, 1, 0, 2]);
  });

  it('has labels from any base, whose names are the labels as they are written', async () => {
    write('trainLabels', [4], Uint8Array.of(25, 26, 24, 26));
    write('testLabels', [3], Uint8Array.of(26, 25, 24));
    const { train, test } = await loadDataSet(chosen, loadContext(folder()));
    assert.deepEqual(train.classNames, ['24', '25', '26']);
    assert.deepEqual([...train.labels, ...test.labels], [1, 2, 0, 2, 2, 1, 0]);
  });

  it('has the names that the config gives, in its order', async () => {
    const named = { ...chosen, classNames: ['zero', 'one', 'two'] };
    const { train, test } = await loadDataSet(named, loadContext(folder()));
    assert.deepEqual([train.classNames, test.classNames], [named.classNames, named.classNames]);
    assert.equal((await idxFiles.readFacts(named, folder())).classes, 3);
    const listed = { ...chosen, classNames: ['2', '1', '0'] };
    assert.deepEqual([...(await loadDataSet(listed, loadContext(folder()))).train.labels], [2, 0, 1, 0]);
  });

  it('finds a name that the config gives twice', () => {
    const findings = idxFiles.checks({ ...chosen, classNames: ['a', 'b', 'a'] });
    assert.deepEqual(
      findings.map(({ path: at, message }) => [at, message]),
      [[['classNames', 2], '"a" is listed twice.']],
    );
    assert.deepEqual(idxFiles.checks(chosen), []);
  });

  it('is transposed where the config says so, and so are its facts', async () => {
    const pixels = Uint8Array.from({ length: 180 }, (_, i) => i);
    write('trainImages', [4, 3, 5, 3], pixels);
    const { train, test } = await loadDataSet({ ...chosen, transpose: true }, loadContext(folder()));
    assert.deepEqual([train.height, train.width, test.height, test.width], [5, 3, 5, 3]);
    for (const [image, row, column, channel] of [
      [0, 0, 0, 0],
      [1, 4, 2, 1],
      [3, 1, 2, 2],
    ] as const) {
      assert.equal(
        imageBytes(train)[((image * 5 + row) * 3 + column) * 3 + channel],
        pixels[((image * 3 + column) * 5 + row) * 3 + channel],
      );
    }
    const { height, width } = await idxFiles.readFacts({ ...chosen, transpose: true }, folder());
    assert.deepEqual([height, width], [5, 3]);
  });

  it('says which file is wrong', async () => {
    const load = () => loadDataSet(chosen, loadContext(folder()));
    write('testLabels', [3], Uint8Array.of(1, 3, 0));
    await assert.rejects(load(), /train-labels: no image is of the class "3"/);
    write('testLabels', [3], Uint8Array.of(1, 0, 1));
    await assert.rejects(load(), /test-labels: no image is of the class "2"/);
    write('testLabels', [3], Uint8Array.of(1, 0, 2));
    write('testImages', [3, 5, 3, 3], new Uint8Array(135));
    await assert.rejects(load(), /test-images: test images are 5 × 3 × 3, training images 3 × 5 × 3/);
    write('trainLabels', [4], new Uint8Array(4));
    write('testLabels', [3], new Uint8Array(3));
    await assert.rejects(load(), /train-labels: all labels are the same/);
  });

  it('has the facts that loading finds, from headers and labels alone, gzipped or not', async () => {
    const { train, test } = await loadDataSet(chosen, loadContext(folder()));
    const { height, width, channels, classes } = train;
    const counts = { trainCount: train.count, testCount: test.count };
    assert.deepEqual(await idxFiles.readFacts(chosen, folder()), {
      height,
      width,
      channels,
      classes,
      ...counts,
    });
  });

  it('says which file is wrong before it is loaded, too', async () => {
    const facts = () => idxFiles.readFacts(chosen, folder());
    write('testLabels', [3], Uint8Array.of(1, 0, 1));
    await assert.rejects(facts, /test-labels: no image is of the class "2"/);
    write('testLabels', [2], new Uint8Array(2));
    await assert.rejects(facts, /test-labels: holds 2 labels for the 3 images of .*test-images/);
    write('testImages', [2, 5, 3, 3], new Uint8Array(90));
    await assert.rejects(facts, /test-images: test images are 5 × 3 × 3, training images 3 × 5 × 3/);
    write('testImages', [2, 5, 3, 3], new Uint8Array(89));
    await assert.rejects(facts, /test-images: cut short at byte 109 of 110/);
    write('testImages', [2], new Uint8Array(2));
    await assert.rejects(facts, /test-images: its dimensions are \[2\]/);
    await assert.rejects(idxFiles.readFacts(chosen, '/nowhere'), /train-images: there is no such file/);
  });
});
