import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configPaths } from '../../../../src/config/paths';
import { parseWithFiles } from '../../../../src/config/parse';
import { configSchema } from '../../../../src/config/schema';
import { openArrays } from '../../../../src/data/arrays/arrayFile';
import { findBrightness, fullBrightness } from '../../../../src/data/arrays/brightness';
import { knownNames } from '../../../../src/data/arrays/parts';
import { pictureArray, readPictures } from '../../../../src/data/arrays/pictures';
import { imageBytes, type LoadedData } from '../../../../src/data/dataSet';
import { type DataOptions, loadDataSet } from '../../../../src/data/registry';
import { arrays } from '../../../../src/data/sets/arrays';
import { UserError } from '../../../../src/errors';
import { npyBytes, npzBytes } from '../../../support/arrayFiles';
import { loadContext, useFolder } from '../helpers';
import { fixture, known } from './fixtures';

type Options = Extract<DataOptions, { set: 'arrays' }>;

/** Checked options with their defaults. */
function chosen(options: object): Options {
  return arrays.options.parse({ set: 'arrays', ...options });
}

const pixelsOf = (file: string, name: string): number[] => [
  ...known.values[known.arrays[file]![name]!.values]!,
];

/** Values of one array, 12 grey pictures of 1 × 2, with labels 0, 1, 2, 0 … */
const labels = Uint8Array.from({ length: 12 }, (_, i) => i % 3);

describe('the set of arrays', () => {
  const folder = useFolder();
  const place = (name: string) => path.join(folder(), name);

  /** Loads, and holds the facts that are known before against what was loaded. */
  async function load(options: object, seed = 1): Promise<LoadedData> {
    const data = await loadDataSet(chosen(options), loadContext(folder(), { seed }));
    const { height, width, channels, classes } = data.train;
    const counts = { trainCount: data.train.count, testCount: data.test.count };
    const facts = await arrays.readFacts(chosen(options), folder());
    assert.deepEqual(facts, { height, width, channels, classes, ...counts });
    for (const set of [data.train, data.test]) {
      assert.equal(imageBytes(set).length, set.count * height * width * channels);
      assert.equal(set.labels.length, set.count);
    }
    return data;
  }

  /** Loading and facts refuse alike. */
  async function refuse(options: object, message: RegExp): Promise<void> {
    const refused = (error: unknown) => {
      assert.ok(error instanceof UserError && error.hint, String(error));
      assert.match(error.message, message);
      return true;
    };
    await assert.rejects(arrays.readFacts(chosen(options), folder()), refused);
    await assert.rejects(loadDataSet(chosen(options), loadContext(folder())), refused);
  }

  /** Writes pictures [12, 1, 2] of some type, and trains on the first eight. */
  function writePixels(descr: string, bytes: Uint8Array, shape = [12, 1, 2]): object {
    writeFileSync(place('x.npy'), npyBytes(shape, bytes, { descr }));
    writeFileSync(place('y.npy'), npyBytes([12], labels));
    const own = { trainImages: 'x.npy', trainLabels: 'y.npy', testImages: 'x.npy', testLabels: 'y.npy' };
    return { files: own };
  }
  const bytesOf = (values: ArrayBufferView): Uint8Array =>
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const pixels = (value: (i: number) => number) => Array.from({ length: 24 }, (_, i) => value(i));

  it('finds the names of Keras and MedMNIST, whatever the file packs them in', async () => {
    for (const file of [
      'keras.npz',
      'keras-deflated.npz',
      'zip64.npz',
      'zip64-directory.npz',
      'keras.safetensors',
    ]) {
      const { train, test, notice } = await load({ file: fixture(file) });
      assert.deepEqual([...imageBytes(train)], pixelsOf(file, 'x_train'), file);
      assert.deepEqual([...train.labels], pixelsOf(file, 'y_train'), file);
      assert.deepEqual([...imageBytes(test)], pixelsOf(file, 'x_test'), file);
      assert.deepEqual([...test.labels], pixelsOf(file, 'y_test'), file);
      assert.deepEqual([train.height, train.width, train.channels, notice], [5, 4, 1, undefined]);
    }
    const medical = await load({ file: fixture('medmnist.npz') });
    assert.deepEqual(
      [...imageBytes(medical.train)],
      [...pixelsOf('medmnist.npz', 'train_images'), ...pixelsOf('medmnist.npz', 'val_images')],
    );
    assert.deepEqual([...medical.train.labels.subarray(12)], pixelsOf('medmnist.npz', 'val_labels'));
    assert.deepEqual([...imageBytes(medical.test)], pixelsOf('medmnist.npz', 'test_images'));
    assert.deepEqual([medical.train.count, medical.test.count, medical.train.channels], [15, 6, 3]);
    assert.equal(medical.notice, 'The 3 validation images are among the training images.');
  });

  it('knows names in other cases and orders, too, and no others', () => {
    const names = (...all: string[]) => Object.values(knownNames(all) ?? {});
    assert.deepEqual(names('y_test', 'X_test', 'X_train', 'y_train'), [
      'X_train',
      'y_train',
      'X_test',
      'y_test',
    ]);
    assert.deepEqual(names('train.images', 'train.labels'), ['train.images', 'train.labels']);
    assert.deepEqual(names('images', 'labels', 'more'), ['images', 'labels']);
    assert.deepEqual(names('arr_0', 'arr_1'), []);
    assert.deepEqual(names('x_train', 'labels'), []);
  });

  it('takes names that a person gives, and lists what is there where names are unknown or wrong', async () => {
    const file = fixture('positions.npz');
    await refuse(
      { file },
      /positions\.npz: its arrays have no known names: "arr_0" \[12, 5, 4\] uint8, "arr_1" \[12\] int64\./,
    );
    const keys = { trainImages: 'arr_0', trainLabels: 'arr_1' };
    const { train, test } = await load({ file, keys, testShare: 0.25 });
    assert.deepEqual([train.count, test.count, train.classes], [9, 3, 3]);
    await refuse({ file, keys }, /a share of 0\.2 is kept for the test: no image is of the class "2"/);
    await refuse({ file, keys: { ...keys, testImages: 'arr_2', testLabels: 'arr_1' } }, /no array "arr_2"/);
    await refuse(
      { file, keys: { ...keys, testImages: 'arr_0' } },
      /data\.keys names testImages, but no testLabels/,
    );
  });

  it('keeps a share for the test, stratified by the seed, of every image one', async () => {
    const count = 90;
    const images = Uint8Array.from({ length: count * 2 }, (_, i) => Math.floor(i / 2));
    const own = Uint8Array.from({ length: count }, (_, i) => (i < 60 ? 7 : 8));
    writeFileSync(
      place('a.npz'),
      npzBytes({ x: npyBytes([count, 1, 2], images), y: npyBytes([count], own) }),
    );
    const { train, test, notice } = await load({ file: 'a.npz', testShare: 0.3 });
    assert.deepEqual([train.count, test.count], [63, 27]);
    assert.deepEqual([...train.classNames], ['7', '8']);
    assert.equal([...test.labels].filter((label) => label === 1).length, 9);
    const first = (set: typeof train) => Array.from({ length: set.count }, (_, i) => imageBytes(set)[2 * i]!);
    assert.deepEqual(
      [...first(train), ...first(test)].sort((a, b) => a - b),
      Array.from({ length: count }, (_, i) => i),
    );
    for (const set of [train, test]) {
      for (let i = 0; i < set.count; i++) assert.equal(set.labels[i], imageBytes(set)[2 * i]! < 60 ? 0 : 1);
    }
    assert.equal(notice, 'There are no test images: 27 of 90 images are kept for the test.');
    const other = await load({ file: 'a.npz', testShare: 0.3 }, 2);
    assert.notDeepEqual(first(other.test), first(test));
    assert.deepEqual(await load({ file: 'a.npz', testShare: 0.3 }), {
      ...(await load({ file: 'a.npz', testShare: 0.3 })),
    });
    await refuse(
      { file: 'a.npz', testShare: 0.001 },
      /of which a share of 0\.001 cannot be kept for the test/,
    );
  });

  it('reads channels from the last dimension or from the second, by its size or by a person’s word', async () => {
    const shape = [12, 3, 2, 2];
    const planes = Uint8Array.from({ length: 12 * 12 }, (_, i) => i);
    const first = await load({ ...writePixels('|u1', planes, shape), layout: 'channelsFirst' });
    assert.deepEqual([first.train.height, first.train.width, first.train.channels], [2, 2, 3]);
    assert.deepEqual(
      [...imageBytes(first.train).subarray(12, 24)],
      [12, 16, 20, 13, 17, 21, 14, 18, 22, 15, 19, 23],
    );
    // Last dimension first: 2 is as few as channels are.
    const last = await load(writePixels('|u1', planes, shape));
    assert.deepEqual([last.train.height, last.train.width, last.train.channels], [3, 2, 2]);
    assert.deepEqual([...imageBytes(last.train)], [...planes]);
    const wide = await load(writePixels('|u1', new Uint8Array(12 * 3 * 5 * 6), [12, 3, 5, 6]));
    assert.deepEqual([wide.train.height, wide.train.width, wide.train.channels], [5, 6, 3]);
    const many = writePixels('|u1', new Uint8Array(12 * 5 * 6 * 7), [12, 5, 6, 7]);
    await refuse(
      many,
      /x\.npy: the array is \[12, 5, 6, 7\] uint8: neither the last nor the second dimension/,
    );
    const spectral = await load({ ...many, layout: 'channelsLast' });
    assert.equal(spectral.train.channels, 7);
  });

  it('reads pictures in Fortran order as they are seen, of either layout', async () => {
    const [count, height, width, channels] = [12, 2, 3, 4];
    const value = (n: number, y: number, x: number, c: number) => n * 20 + y * 7 + x * 3 + c;
    const expected: number[] = [];
    for (let n = 0; n < count; n++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let c = 0; c < channels; c++) expected.push(value(n, y, x, c) & 255);
    for (const layout of ['channelsLast', 'channelsFirst'] as const) {
      const bytes: number[] = [];
      const [outer, inner] = layout === 'channelsLast' ? [channels, height] : [width, channels];
      for (let last = 0; last < outer; last++)
        for (let third = 0; third < (layout === 'channelsLast' ? width : height); third++)
          for (let second = 0; second < inner; second++)
            for (let n = 0; n < count; n++)
              bytes.push(
                layout === 'channelsLast' ? value(n, second, third, last) : value(n, third, last, second),
              );
      const shape =
        layout === 'channelsLast' ? [count, height, width, channels] : [count, channels, height, width];
      const options = writePixels('|u1', Uint8Array.from(bytes), shape);
      writeFileSync(place('x.npy'), npyBytes(shape, Uint8Array.from(bytes), { fortran: true }));
      const { train } = await load({ ...options, layout });
      assert.deepEqual([...imageBytes(train)], expected, layout);
    }
  });

  it('takes the value of full brightness from type and data, says so, and lets a person say it', async () => {
    const read = async (descr: string, values: ArrayBufferView, more = {}) => {
      const { train, notice } = await load({ ...writePixels(descr, bytesOf(values)), ...more });
      return { pixels: [...imageBytes(train)], notice };
    };
    // Floats of 0 … 1.
    const unit = await read('<f4', Float32Array.from(pixels((i) => i / 23)));
    assert.deepEqual(
      unit.pixels,
      pixels((i) => Math.floor((i * 255) / 23 + 0.5)),
    );
    assert.match(unit.notice!, /Pixels are float32: 1 is taken for full brightness and becomes 255/);
    // Floats of 0 … 255.
    const bytes = await read('<f8', Float64Array.from(pixels((i) => i * 11)));
    assert.deepEqual(
      bytes.pixels,
      pixels((i) => i * 11),
    );
    assert.match(bytes.notice!, /Pixels are float64: 255 is taken/);
    // Bytes in wide integers stay as they are, and nothing needs saying.
    const wide = await read('<i8', BigInt64Array.from(pixels((i) => i * 11).map(BigInt)));
    assert.deepEqual(wide, { pixels: pixels((i) => i * 11), notice: undefined });
    // 16 bits, and 12 of 16 bits.
    const deep = await read('<u2', Uint16Array.from(pixels((i) => Math.floor((i * 65535) / 23))));
    assert.deepEqual([deep.pixels[0], deep.pixels[12], deep.pixels[23]], [0, 133, 255]);
    assert.match(deep.notice!, /Pixels are uint16: 65535 is taken/);
    const camera = await read('<u2', Uint16Array.from(pixels((i) => i * 178)));
    assert.match(camera.notice!, /4095 is taken/);
    assert.equal(camera.pixels[23], Math.round((23 * 178 * 255) / 4095));
    // By a person's word; brighter ones are white.
    const said = await read('<u2', Uint16Array.from(pixels((i) => i * 100)), { white: 1000 });
    assert.deepEqual([said.pixels[5], said.pixels[10], said.pixels[20]], [128, 255, 255]);
    // Black and white.
    const flags = await read('|b1', Uint8Array.from(pixels((i) => i % 2)));
    assert.deepEqual(flags, { pixels: pixels((i) => (i % 2) * 255), notice: undefined });
  });

  it('stops where it is cancelled, while it looks for full brightness as while it reads', async () => {
    const float = place('x.npy');
    writePixels('<f4', bytesOf(Float32Array.from(pixels((i) => (i === 7 ? NaN : 0)))));
    const array = openArrays(float).get('')!();
    const raised = AbortSignal.abort();
    // Before the first value that would be refused.
    await assert.rejects(findBrightness([array], undefined, raised), { code: 'cancelled' });
    await assert.rejects(findBrightness([array]), /holds NaN/);
    await assert.rejects(readPictures(pictureArray(array), 1, new Uint8Array(24), raised), {
      code: 'cancelled',
    });
  });

  it('has a white that goes by bits', () => {
    const whites = [0, 1, 255, 256, 1023, 4095, 4096, 65535].map((most) => fullBrightness(most, 'unsigned'));
    assert.deepEqual(whites, [255, 255, 255, 511, 1023, 4095, 8191, 65535]);
    const floats = [0, 0.5, 1, 1.0000001, 2, 255].map((most) => fullBrightness(most, 'float'));
    assert.deepEqual(floats, [1, 1, 1, 1, 255, 255]);
  });

  it('refuses pixels that no picture has, once it reads them', async () => {
    const reject = async (descr: string, values: ArrayBufferView, message: RegExp) => {
      const options = chosen(writePixels(descr, bytesOf(values)));
      await assert.rejects(loadDataSet(options, loadContext(folder())), (error) => {
        assert.ok(error instanceof UserError && error.hint);
        assert.match(error.message, message);
        return true;
      });
    };
    await reject('<f4', Float32Array.from(pixels((i) => i - 5)), /x\.npy: the array holds -5 for a pixel/);
    await reject('<f4', Float32Array.from(pixels((i) => (i === 7 ? NaN : 0))), /holds NaN for a pixel/);
    await reject('<f8', Float64Array.from(pixels((i) => i / 0)), /holds (NaN|Infinity) for a pixel/);
    await reject('|i1', Int8Array.from(pixels((i) => -i)), /holds -23 for a pixel/);
    await reject(
      '<u4',
      Uint32Array.from(pixels((i) => i * 4000)),
      /holds 92000 for a pixel, more than 16 bits/,
    );
  });

  it('reads labels of every form: columns, one-hot rows, any integers, whole floats', async () => {
    const options = writePixels('|u1', new Uint8Array(24));
    const read = async (bytes: Uint8Array) => {
      writeFileSync(place('y.npy'), bytes);
      const { train } = await load(options);
      return { labels: [...train.labels], names: [...train.classNames] };
    };
    const expected = { labels: [...labels], names: ['0', '1', '2'] };
    assert.deepEqual(await read(npyBytes([12, 1], labels)), expected);
    const rows = Float32Array.from({ length: 36 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0));
    assert.deepEqual(await read(npyBytes([12, 3], bytesOf(rows), { descr: '<f4' })), expected);
    const columns = Uint8Array.from({ length: 36 }, (_, i) => ((i % 12) % 3 === Math.floor(i / 12) ? 1 : 0));
    assert.deepEqual(await read(npyBytes([12, 3], columns, { fortran: true })), expected);
    const doubles = Float64Array.from(labels);
    assert.deepEqual(await read(npyBytes([12], bytesOf(doubles), { descr: '<f8' })), expected);
    const letters = BigInt64Array.from([...labels].map((label) => BigInt(label) + 1n));
    assert.deepEqual(await read(npyBytes([12], bytesOf(letters), { descr: '<i8' })), {
      labels: [...labels],
      names: ['1', '2', '3'],
    });
  });

  it('refuses what are no labels, or labels of other pictures', async () => {
    const options = writePixels('|u1', new Uint8Array(24));
    const wrong = async (bytes: Uint8Array, message: RegExp) => {
      writeFileSync(place('y.npy'), bytes);
      await refuse(options, message);
    };
    await wrong(
      npyBytes([11], labels.subarray(1)),
      /y\.npy: the array has 11 labels for the 12 pictures of .*x\.npy/,
    );
    await wrong(npyBytes([12, 1, 1], labels), /y\.npy: the array is \[12, 1, 1\] uint8, which are no labels/);
    await wrong(npyBytes([], Uint8Array.of(1)), /is \[\] uint8, which are no labels/);
    await wrong(npyBytes([12, 2], new Uint8Array(24)), /the labels of picture 0 are not one 1 among zeros/);
    const halves = Float64Array.from(labels, (label) => label / 2);
    await wrong(npyBytes([12], bytesOf(halves), { descr: '<f8' }), /has the label 0\.5 for picture 1/);
    await wrong(npyBytes([12], new Uint8Array(12)), /y\.npy: .*all labels are the same/);
  });

  it('refuses pictures that are none, empty, or unlike each other', async () => {
    await refuse(
      writePixels('|u1', new Uint8Array(24), [12, 2]),
      /x\.npy: the array is \[12, 2\] uint8, which are no pictures/,
    );
    await refuse(writePixels('|u1', new Uint8Array(0), [12, 0, 2]), /is \[12, 0, 2\] uint8, which is empty/);
    const options = writePixels('|u1', new Uint8Array(24));
    writeFileSync(place('z.npy'), npyBytes([12, 2, 1], new Uint8Array(24)));
    const { files } = options as { files: object };
    await refuse(
      { files: { ...files, testImages: 'z.npy' } },
      /z\.npy: test images are 2 × 1 × 1, training images 1 × 2 × 1/,
    );
    writeFileSync(place('z.npy'), npyBytes([12, 1, 2], new Uint8Array(48), { descr: '<u2' }));
    await refuse(
      { files: { ...files, testImages: 'z.npy' } },
      /z\.npy: the array is of uint16, the array of uint8/,
    );
    writeFileSync(
      place('y2.npy'),
      npyBytes(
        [12],
        Uint8Array.from(labels, (label) => label + 1),
      ),
    );
    await refuse(
      { files: { ...files, testLabels: 'y2.npy' } },
      /y\.npy: the array: no image is of the class "3"/,
    );
  });

  it('refuses files that are not there, hold several arrays, or are not named', async () => {
    const files = { trainImages: fixture('keras.npz'), trainLabels: 'y.npy' };
    await refuse({ files }, /keras\.npz: holds 4 arrays where one is wanted/);
    await refuse(
      { file: fixture('u1-little-c.npy') },
      /u1-little-c\.npy: holds one array where images and labels/,
    );
    await refuse({ file: 'absent.npz' }, /absent\.npz: there is no such file/);
    await refuse({}, /No arrays are named/);
    await refuse({ file: 'a', files }, /Both data\.file and data\.files are named/);
    await refuse(
      { files, keys: { trainImages: 'a', trainLabels: 'b' } },
      /data\.keys names arrays of one file/,
    );
  });

  it('is a set of the config: its paths are known, and what is wrong is marked at the key of the file', async () => {
    const files = { trainImages: 'a', trainLabels: 'b', validationImages: 'c', validationLabels: 'd' };
    const values = (data: object) =>
      configPaths(configSchema.parse({ data: { set: 'arrays', ...data } })).map(({ key }) => key.join('.'));
    assert.deepEqual(values({ file: 'x.npz' }), ['data.file', 'output.folder']);
    assert.deepEqual(
      values({ files }).slice(0, 4),
      Object.keys(files).map((key) => `data.files.${key}`),
    );
    mkdirSync(place('sub'));
    writeFileSync(place('sub/x.npz'), readFileSync(fixture('positions.npz')));
    const text = JSON.stringify({ data: { set: 'arrays', file: 'sub/x.npz' } });
    const [issue] = (await parseWithFiles(text, folder())).issues;
    assert.equal(issue?.path, 'data.file');
    assert.match(issue.message, /sub\/x\.npz: its arrays have no known names/);
  });
});
