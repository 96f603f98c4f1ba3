/** The same pictures in files of several formats: what is read is equal to the byte, and so is a search on it, event by event. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema, type ConfigInput } from '../../../src/config/schema';
import { imageBytes, type ImageSet } from '../../../src/data/dataSet';
import { encodeIdx } from '../../../src/data/idx';
import { loadDataSet } from '../../../src/data/registry';
import { Control } from '../../../src/job/control';
import { prepareJob } from '../../../src/job/prepare';
import { runJob } from '../../../src/job/run';
import { RunFolder } from '../../../src/runs/runFolder';
import { readEventLog } from '../../../src/runs/eventLog';
import { cifarBytes, npyBytes, npzBytes } from '../../support/arrayFiles';
import { encodePng } from '../../support/pictures';
import { proofProcess } from '../../support/proof';
import { tinyConfig } from '../../support/tinyConfig';

interface Pictures {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly shape: readonly [count: number, height: number, width: number, channels: number];
}

/** The first pictures of a set. */
function firstOf(set: ImageSet, count: number): Pictures {
  const { height, width, channels } = set;
  return {
    images: imageBytes(set).slice(0, count * height * width * channels),
    labels: Uint8Array.from(set.labels.subarray(0, count)),
    shape: [count, height, width, channels],
  };
}

/** Digits in the middle of 32 × 32 pixels, in a colour that goes by the class. */
function coloured({ images, labels, shape: [count, height, width] }: Pictures): Pictures {
  const result = new Uint8Array(count * 32 * 32 * 3);
  const [top, left] = [(32 - height) / 2, (32 - width) / 2];
  for (let n = 0; n < count; n++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++) {
          const value = images[(n * height + y) * width + x]!;
          const at = ((n * 32 + y + top) * 32 + x + left) * 3 + c;
          result[at] = Math.floor(value / (1 + ((labels[n]! + c) % 3)));
        }
  return { images: result, labels, shape: [count, 32, 32, 3] };
}

/** As [n, channels, height, width]. */
function channelsFirst({ images, shape: [, height, width, channels] }: Pictures): Uint8Array {
  const size = height * width * channels;
  return images.map((_, i) => {
    const [n, c, pixel] = [
      Math.floor(i / size),
      Math.floor((i % size) / (height * width)),
      i % (height * width),
    ];
    return images[n * size + pixel * channels + c]!;
  });
}

/** One byte a value, little-endian in eight. */
function widened(values: Uint8Array): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}

/** Writes both parts in every format. @returns the `data` section of each */
function writeAll(folder: string, train: Pictures, test: Pictures): Record<string, ConfigInput['data']> {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return name;
  };
  const grey = train.shape[3] === 1;
  const sizes = ({ shape }: Pictures) => (grey ? shape.slice(0, 3) : [...shape]);
  const firsts = ({ shape: [n, height, width, channels] }: Pictures) => [n, channels, height, width];
  const idx = (name: string, dimensions: number[], values: Uint8Array) =>
    write(name, encodeIdx({ dimensions, values }));
  const arrays = {
    x_train: npyBytes(sizes(train), train.images),
    y_train: npyBytes([train.labels.length], train.labels),
    x_test: npyBytes(sizes(test), test.images),
    y_test: npyBytes([test.labels.length], widened(test.labels), { descr: '<i8' }),
  };
  const apart = {
    trainImages: write('x.npy', npyBytes(firsts(train), channelsFirst(train))),
    trainLabels: write('y.npy', npyBytes([train.labels.length, 1], train.labels)),
    testImages: write('x-test.npy', npyBytes(firsts(test), channelsFirst(test))),
    testLabels: write('y-test.npy', npyBytes([test.labels.length, 1], test.labels)),
  };
  return {
    idx: {
      set: 'idx',
      files: {
        trainImages: idx('train.idx', sizes(train), train.images),
        trainLabels: idx('train-labels.idx', [train.labels.length], train.labels),
        testImages: idx('test.idx', sizes(test), test.images),
        testLabels: idx('test-labels.idx', [test.labels.length], test.labels),
      },
    },
    stored: { set: 'arrays', file: write('stored.npz', npzBytes(arrays)) },
    deflated: { set: 'arrays', file: write('deflated.npz', npzBytes(arrays, true)) },
    apart: { set: 'arrays', files: apart, layout: 'channelsFirst' },
  };
}

/** Writes CIFAR-10's files, the training pictures in five. */
function writeCifar(folder: string, train: Pictures, test: Pictures): ConfigInput['data'] {
  mkdirSync(join(folder, 'cifar'), { recursive: true });
  const write = (name: string, { images, labels }: Pictures, from: number, to: number): void => {
    const part = [...labels.subarray(from, to)].map((label) => [label]);
    writeFileSync(join(folder, 'cifar', name), cifarBytes(images.subarray(from * 3072, to * 3072), part));
  };
  const fifth = train.labels.length / 5;
  for (let batch = 0; batch < 5; batch++)
    write(`data_batch_${batch + 1}.bin`, train, batch * fifth, (batch + 1) * fifth);
  write('test_batch.bin', test, 0, test.labels.length);
  return { set: 'cifar', folder: 'cifar' };
}

/** Writes PNG files and, as CSV and as JSON lines, tables that name them. */
function writeTables(folder: string, train: Pictures, test: Pictures): Record<string, ConfigInput['data']> {
  mkdirSync(join(folder, 'png'), { recursive: true });
  const rows = Object.entries({ train, test }).flatMap(([split, { images, labels, shape }]) => {
    const [, height, width, channels] = shape;
    const size = height * width * channels;
    return Array.from(labels, (label, i) => {
      const path = `png/${split}-${i}.png`;
      const pixels = images.subarray(i * size, (i + 1) * size);
      writeFileSync(join(folder, path), encodePng({ height, width, channels }, pixels));
      return { path, label, split };
    });
  });
  const lines = rows.map(({ path, label, split }) => `${path},${label},${split}`);
  writeFileSync(join(folder, 'table.csv'), ['path,label,split', ...lines].join('\n'));
  writeFileSync(join(folder, 'table.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  return { csv: { set: 'table', file: 'table.csv' }, jsonLines: { set: 'table', file: 'table.jsonl' } };
}

/** The same digits in Hugging Face's layout, as pyarrow wrote them. */
function copyParquet(folder: string): ConfigInput['data'] {
  copyFileSync(join(__dirname, '../../fixtures/tables/digits.parquet'), join(folder, 'digits.parquet'));
  return { set: 'table', file: 'digits.parquet' };
}

describe('the same pictures in several formats', () => {
  let folder: string;
  let digits: { train: Pictures; test: Pictures };
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nas-same-'));
    const mnist = await loadDataSet(
      { set: 'mnist' },
      { cacheFolder: join(folder, 'cache'), configFolder: folder, seed: 1 },
    );
    digits = { train: firstOf(mnist.train, 160), test: firstOf(mnist.test, 100) };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const load = (place: string, data: ConfigInput['data']) =>
    loadDataSet(configSchema.parse({ data }).data, {
      ...{ cacheFolder: join(folder, 'cache'), configFolder: place, seed: 1 },
    });

  /** What a search writes, without what names its run, its data set and its time. */
  async function search(place: string, data: ConfigInput['data']): Promise<unknown[]> {
    const config = tinyConfig({ data: { ...data, trainImages: 80, testImages: 40, imageSize: 8 } as never });
    const run = RunFolder.create(join(folder, 'runs'), {
      ...{ name: 'same', configFile: join(place, 'x.nas.json'), configFolder: place, tool: 'test', config },
    });
    await runJob({
      folder: run,
      control: new Control(),
      prepared: await prepareJob(config, { configFolder: place, engine: 'fused', threads: 2 }),
      proof: proofProcess,
      onEvent: () => undefined,
      onTelemetry: () => undefined,
    });
    return readEventLog(run.eventsPath).events.map((event) => ({
      ...event,
      ...('runId' in event && { runId: '' }),
      ...('data' in event && { data: '' }),
      time: 0,
    }));
  }

  it('are read as equal arrays, of grey digits and of coloured ones, and searched on alike', async () => {
    const colours = { train: coloured(digits.train), test: coloured(digits.test) };
    for (const [name, { train, test }] of Object.entries({ digits, colours })) {
      const place = join(folder, name);
      const sections = writeAll(place, train, test);
      Object.assign(sections, writeTables(place, train, test));
      if (name === 'colours') sections['cifar'] = writeCifar(place, train, test);
      else sections['parquet'] = copyParquet(place);
      const searched: unknown[][] = [];
      for (const [format, data] of Object.entries(sections)) {
        const loaded = await load(place, data);
        for (const [found, wanted] of [
          [loaded.train, train],
          [loaded.test, test],
        ] as const) {
          assert.deepEqual(
            [found.count, found.height, found.width, found.channels, found.classes],
            [...wanted.shape, 10],
            format,
          );
          assert.ok(Buffer.from(wanted.images).equals(imageBytes(found)), `${name} as ${format}: pixels`);
          assert.deepEqual([...found.labels], [...wanted.labels], `${name} as ${format}: labels`);
          assert.deepEqual([...found.classNames], [...'0123456789'], format);
        }
        searched.push(await search(place, data));
      }
      assert.ok(searched[0]!.length > 20);
      for (const events of searched) assert.deepEqual(events, searched[0]);
    }
  });
});
