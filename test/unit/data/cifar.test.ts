import assert from 'node:assert/strict';
import { imageBytes } from '../../../src/data/dataSet';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configPaths } from '../../../src/config/paths';
import { configSchema } from '../../../src/config/schema';
import { type DataOptions, loadDataSet } from '../../../src/data/registry';
import { cifar } from '../../../src/data/sets/cifar';
import { UserError } from '../../../src/errors';
import { Random } from '../../../src/random';
import { cifarBytes } from '../../support/arrayFiles';
import { loadContext, useFolder } from './helpers';

type Options = Extract<DataOptions, { set: 'cifar' }>;

const chosen = (options: object = {}): Options =>
  cifar.options.parse({ set: 'cifar', folder: 'c', ...options });
const pixels = 32 * 32 * 3;
const cifar10Names = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');

function drawn(count: number, seed: number): Uint8Array {
  const random = Random.fromSeed(seed);
  return Uint8Array.from({ length: count * pixels }, () => random.integer(256));
}

describe('the set of CIFAR’s binary files', () => {
  const folder = useFolder();
  const write = (name: string, content: Uint8Array | string, place = 'c') => {
    mkdirSync(path.join(folder(), place), { recursive: true });
    writeFileSync(path.join(folder(), place, name), content);
  };
  const load = (options: object = {}) => loadDataSet(chosen(options), loadContext(folder()));

  /** Loading and facts refuse alike. */
  async function refuse(options: object, message: RegExp): Promise<void> {
    const refused = (error: unknown) => {
      assert.ok(error instanceof UserError && error.hint, String(error));
      assert.match(error.message, message);
      return true;
    };
    await assert.rejects(cifar.readFacts(chosen(options), folder()), refused);
    await assert.rejects(load(options), refused);
  }

  /** Batch b has b images, the first of label b; three test images. */
  function writeCifar10(place = 'c'): Uint8Array[] {
    const batches = [1, 2, 3, 4, 5].map((batch) => drawn(batch, batch));
    batches.forEach((images, i) => {
      const labels = Array.from({ length: i + 1 }, (_, n) => [(i + 1 + n) % 10]);
      write(`data_batch_${i + 1}.bin`, cifarBytes(images, labels), place);
    });
    const test = drawn(3, 9);
    write('test_batch.bin', cifarBytes(test, [[9], [0], [4]]), place);
    return [...batches, test];
  }

  it('is CIFAR-10 where its batches are: all of them in order, planes made pixels', async () => {
    const images = writeCifar10();
    write('batches.meta.txt', `${cifar10Names.join('\n')}\n\n`);
    const { train, test } = await load();
    assert.deepEqual(
      [...imageBytes(train)],
      images.slice(0, 5).flatMap((batch) => [...batch]),
    );
    assert.deepEqual([...train.labels], [1, 2, 3, 3, 4, 5, 4, 5, 6, 7, 5, 6, 7, 8, 9]);
    assert.deepEqual([...imageBytes(test)], [...images[5]!]);
    assert.deepEqual([...test.labels], [9, 0, 4]);
    assert.deepEqual([...train.classNames], cifar10Names);
    const facts = { height: 32, width: 32, channels: 3, classes: 10, trainCount: 15, testCount: 3 };
    assert.deepEqual(await cifar.readFacts(chosen(), folder()), facts);
  });

  it('begins a record with its label, then the red plane: the layout that the format’s page gives', async () => {
    writeCifar10();
    const record = new Uint8Array(1 + pixels);
    record[0] = 6;
    // The first row's second pixel: red 10, green 20, blue 30.
    record[1 + 1] = 10;
    record[1 + 1024 + 1] = 20;
    record[1 + 2048 + 1] = 30;
    write('test_batch.bin', record);
    const { test } = await load();
    assert.deepEqual([...imageBytes(test).subarray(0, 9)], [0, 0, 0, 10, 20, 30, 0, 0, 0]);
    assert.equal(test.labels[0], 6);
  });

  it('is CIFAR-100 with fine or coarse labels, in the folder that its archive unpacks to', async () => {
    const images = drawn(2, 1);
    write(
      'train.bin',
      cifarBytes(images, [
        [19, 99],
        [3, 42],
      ]),
      'c/cifar-100-binary',
    );
    write(
      'test.bin',
      cifarBytes(images, [
        [0, 7],
        [1, 8],
      ]),
      'c/cifar-100-binary',
    );
    const fine = await load();
    assert.deepEqual([...fine.train.labels, ...fine.test.labels], [99, 42, 7, 8]);
    assert.deepEqual([...imageBytes(fine.train)], [...images]);
    assert.deepEqual([fine.train.classes, fine.train.classNames[99]], [100, '99']);
    const groups = Array.from({ length: 20 }, (_, i) => `group ${i}`);
    write('coarse_label_names.txt', groups.join('\r\n'), 'c/cifar-100-binary');
    const coarse = await load({ labels: 'coarse' });
    assert.deepEqual([...coarse.train.labels, ...coarse.test.labels], [19, 3, 0, 1]);
    assert.deepEqual([...coarse.train.classNames], groups);
    assert.equal((await cifar.readFacts(chosen({ labels: 'coarse' }), folder())).classes, 20);
  });

  it('is refused where a file is missing, cut short, empty or of another label', async () => {
    await refuse({}, /c: there is no such folder/);
    write('x', '');
    await refuse({}, /c: holds no binary files of CIFAR/);
    await refuse({ folder: 'c/x' }, /c\/x: is no folder/);
    writeCifar10();
    await refuse({ labels: 'coarse' }, /c: CIFAR-10 has no coarse labels/);
    rmSync(path.join(folder(), 'c/data_batch_3.bin'));
    await refuse({}, /data_batch_3\.bin: there is no such file/);
    write('data_batch_3.bin', new Uint8Array(3073 * 2 - 1));
    await refuse(
      {},
      /data_batch_3\.bin: has 6145 bytes, which are no whole number of CIFAR-10's records of 3073/,
    );
    write('data_batch_3.bin', '');
    await refuse({}, /data_batch_3\.bin: is empty/);
    write('data_batch_3.bin', cifarBytes(drawn(2, 1), [[3], [10]]));
    await assert.rejects(load(), /data_batch_3\.bin: label 10 of image 1 is not among the 10 classes/);
    writeCifar10();
    write('batches.meta.txt', 'cat\ndog');
    await refuse({}, /batches\.meta\.txt: names 2 classes where CIFAR-10 has 10/);
    write('batches.meta.txt', [...cifar10Names.slice(1), 'ship'].join('\n'));
    await refuse({}, /batches\.meta\.txt: names two classes "ship"/);
    write('test.bin', '');
    await refuse({}, /c: holds more than one set: CIFAR-10 in .* and CIFAR-100 in/);
  });

  it('names its folder as a path of the config', () => {
    const config = configSchema.parse({ data: { set: 'cifar', folder: '../c' } });
    assert.deepEqual(configPaths(config)[0], { key: ['data', 'folder'], value: '../c', access: 'reads' });
  });
});
