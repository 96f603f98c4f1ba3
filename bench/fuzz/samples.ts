/** Sound files of every reader, to be damaged: as small as they can be and still have all that the format has. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import { configSchema, type ConfigInput } from '../../src/config/schema';
import { encodeIdx } from '../../src/data/idx';
import type { DataOptions } from '../../src/data/registry';
import { cifarBytes, npyBytes, npzBytes } from '../../test/support/arrayFiles';
import { encodePng } from '../../test/support/pictures';

/** A data set, one file of which is damaged. */
export interface Sample {
  readonly options: DataOptions;
  /** By their paths in the folder of the set. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly damaged: string;
  /** What is done to the damaged bytes, for a checksum not to end every reading early. */
  readonly pack?: (bytes: Uint8Array) => Uint8Array;
}

type Section = NonNullable<ConfigInput['data']>;

const root = path.join(__dirname, '../..');
const fixtures = path.join(root, 'test/fixtures');
const arrays = path.join(root, 'test/unit/data/fixtures/arrays');

function sampleOf(section: Section, files: Sample['files'], damaged: string, pack?: Sample['pack']): Sample {
  return { options: configSchema.parse({ data: section }).data, files, damaged, pack };
}

function plain(value: number): Uint8Array {
  return encodePng({ height: 12, width: 12, channels: 3 }, new Uint8Array(432).fill(value));
}

/** One picture that is damaged, with some that are not. */
function pictures(names: RegExp, pack?: Sample['pack']): Sample[] {
  const sound = {
    'train/a/1.png': plain(1),
    'train/b/1.png': plain(2),
    'test/a/1.png': plain(3),
    'test/b/1.png': plain(4),
  };
  const section: Section = {
    set: 'folder',
    path: '.',
    imageSize: 6,
    fit: 'crop',
    colour: 'rgb',
    maxBroken: 1,
  };
  return ['pictures', 'photographs'].flatMap((folder) =>
    readdirSync(path.join(fixtures, folder))
      .filter((name) => names.test(name))
      .flatMap((name) => {
        const damaged = `train/a/x${path.extname(name)}`;
        const files = { ...sound, [damaged]: readFileSync(path.join(fixtures, folder, name)) };
        const bare = sampleOf(section, files, damaged);
        return pack ? [bare, { ...bare, pack }] : [bare];
      }),
  );
}

/** A PNG whose chunks have the checksums of what is in them. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  const result = Buffer.from(bytes);
  for (let at = 8; at + 12 <= result.length;) {
    const length = result.readUInt32BE(at);
    if (at + 12 + length > result.length) break;
    result.writeUInt32BE(crc32(result.subarray(at + 4, at + 8 + length)), at + 8 + length);
    at += 12 + length;
  }
  return result;
}

function arrayFiles(names: readonly string[]): Sample[] {
  return names.map((name) =>
    sampleOf(
      { set: 'arrays', file: name, testShare: 0.25 },
      { [name]: readFileSync(path.join(arrays, name)) },
      name,
    ),
  );
}

const twelve = Array.from({ length: 12 }, (_, i) => i);
const labels = npyBytes(
  [12],
  Uint8Array.from(twelve, (i) => i % 3),
);
const images = npyBytes([12, 6, 6], new Uint8Array(432).fill(7));

function npz(): Sample[] {
  const section: Section = { set: 'arrays', file: 'x.npz', testShare: 0.25 };
  const packed = [false, true].flatMap((deflate) => [
    sampleOf(section, { 'x.npz': images }, 'x.npz', (bytes) => npzBytes({ x: bytes, y: labels }, deflate)),
    sampleOf(section, { 'x.npz': labels }, 'x.npz', (bytes) => npzBytes({ x: images, y: bytes }, deflate)),
  ]);
  const names = ['keras.npz', 'keras-deflated.npz', 'medmnist.npz', 'zip64.npz', 'zip64-directory.npz'];
  return [...packed, ...arrayFiles(names)];
}

function npy(): Sample[] {
  const files = { trainImages: 'x.npy', trainLabels: 'y.npy' };
  const section: Section = { set: 'arrays', files, testShare: 0.25 };
  const floats = npyBytes([12, 6, 6], new Uint8Array(432 * 4), { descr: '<f4' });
  return [
    sampleOf(section, { 'x.npy': images, 'y.npy': labels }, 'x.npy'),
    sampleOf(section, { 'x.npy': images, 'y.npy': labels }, 'y.npy'),
    sampleOf(section, { 'x.npy': floats, 'y.npy': labels }, 'x.npy'),
  ];
}

function cifar(): Sample[] {
  const pixels = new Uint8Array(3 * 3072).fill(9);
  const ten = cifarBytes(pixels, [[0], [1], [2]]);
  const batches = Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, ten]));
  const tenFiles = {
    ...batches,
    'test_batch.bin': ten,
    'batches.meta.txt': Buffer.from('a b c d e f g h i j'.replaceAll(' ', '\n')),
  };
  const hundred = cifarBytes(pixels, [
    [0, 3],
    [1, 4],
    [1, 5],
  ]);
  const hundredFiles = { 'train.bin': hundred, 'test.bin': hundred };
  const section = { set: 'cifar', folder: '.' } as const;
  return [
    sampleOf(section, tenFiles, 'data_batch_3.bin'),
    sampleOf(section, tenFiles, 'test_batch.bin'),
    sampleOf(section, tenFiles, 'batches.meta.txt'),
    sampleOf({ ...section, labels: 'coarse' as const }, hundredFiles, 'train.bin'),
  ];
}

function idx(pack?: Sample['pack']): Sample[] {
  const pixels = encodeIdx({ dimensions: [12, 6, 6], values: new Uint8Array(432).fill(5) });
  const classes = encodeIdx({ dimensions: [12], values: Uint8Array.from(twelve, (i) => i % 3) });
  const files = { trainImages: 'x.idx', trainLabels: 'y.idx', testImages: 'tx.idx', testLabels: 'ty.idx' };
  const contents = { 'x.idx': pixels, 'y.idx': classes, 'tx.idx': pixels, 'ty.idx': classes };
  const section: Section = { set: 'idx', files };
  return ['x.idx', 'y.idx'].map((damaged) => sampleOf(section, contents, damaged, pack));
}

/** IDX that was packed and then damaged, and the other way round. */
function packedIdx(): Sample[] {
  const after = idx().map((sample) => {
    const { damaged, files } = sample;
    return { ...sample, files: { ...files, [damaged]: gzipSync(files[damaged]!) } };
  });
  return [...after, ...idx((bytes) => gzipSync(bytes))];
}

function texts(name: string, text: string, columns?: object): Sample[] {
  const beside = Object.fromEntries(twelve.map((i) => [`${i}.png`, plain(i)]));
  const section = {
    set: 'table',
    file: name,
    imageSize: 6,
    fit: 'crop',
    maxBroken: 1,
    ...columns,
  } as Section;
  return [sampleOf(section, { ...beside, [name]: Buffer.from(text) }, name)];
}

const splits = twelve.map((i) => (i >= 9 ? 'test' : 'train'));
const rows = twelve.map((i) => [`${i}.png`, `"class ${i % 3}"`, splits[i]!, `${i}`]);

function separated(): Sample[] {
  const header = ['path', 'label', 'split', 'group'];
  const text = (separator: string) => [header, ...rows].map((row) => row.join(separator)).join('\n');
  return [
    ...texts('t.csv', text(',')),
    ...texts('t.tsv', text('\t').replaceAll('"', '')),
    ...texts('u.csv', `\ufeff${text(';')}\r\n`),
  ];
}

function jsonLines(): Sample[] {
  const lines = twelve.map((i) =>
    JSON.stringify({ path: `${i}.png`, label: i % 3, split: splits[i], note: { a: [i] } }),
  );
  return texts('t.jsonl', lines.join('\n'));
}

function parquet(): Sample[] {
  const common = { set: 'table', imageSize: 6, fit: 'crop', maxBroken: 1, testShare: 0.25 } as const;
  const of = (name: string, columns?: object): Sample => {
    const file = `${name}.parquet`;
    const section = { ...common, file, ...(columns && { columns }) } as Section;
    return sampleOf(section, { [file]: readFileSync(path.join(fixtures, 'tables', file)) }, file);
  };
  const deltas = { image: 'blob', label: 'flag', group: 'number' };
  return [
    ...['huggingface', 'zstd', 'wide', 'gzip', 'brotli', 'lz4', 'snappy', 'none'].map((name) => of(name)),
    ...['deltas1', 'deltas2'].map((name) => of(name, deltas)),
  ];
}

/** By their names in the table that is printed. */
export const readers: Readonly<Record<string, readonly Sample[]>> = {
  png: pictures(/\.png$/, withChecksums),
  jpeg: pictures(/\.jpg$/),
  webp: pictures(/\.webp$/),
  gif: pictures(/\.gif$/),
  bmp: pictures(/\.bmp$/),
  tiff: pictures(/\.tif$/),
  avif: pictures(/\.avif$/),
  npz: npz(),
  npy: npy(),
  safetensors: arrayFiles(['keras.safetensors']),
  cifar: cifar(),
  idx: idx(),
  idxGzip: packedIdx(),
  csv: separated(),
  jsonl: jsonLines(),
  parquet: parquet(),
};
