/** Pictures for tests: PNG files by hand, and the packed digits of MNIST as a folder of them and as IDX files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { imageBytes, type ImageSet, type ImageShape } from '../../src/data/dataSet';
import { encodeIdx } from '../../src/data/idx';
import { ChosenImages } from '../../src/data/images';
import { readFiles, storedFiles } from '../../src/data/store';

export function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
}

/** A PNG of grey or RGB. @param claimed height and width that its header says */
export function encodePng(
  shape: ImageShape,
  pixels: Uint8Array,
  claimed: [number, number] = [shape.height, shape.width],
): Buffer {
  const { height, width, channels } = shape;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(claimed[1], 0);
  header.writeUInt32BE(claimed[0], 4);
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  const row = width * channels;
  const lines = Buffer.alloc(height * (row + 1));
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Writes a picture of one value, its folders as well. */
export function writePlain(file: string, height: number, width: number, value: number, channels = 1): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const pixels = new Uint8Array(height * width * channels).fill(value);
  writeFileSync(file, encodePng({ height, width, channels }, pixels));
}

export interface Digits {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** The first packed digits of every class, class by class. */
export async function packedDigits(train: number, test: number): Promise<Digits> {
  const names = Array.from({ length: 10 }, (_, digit) => `${digit}`);
  const data = await readFiles('mnist', storedFiles(path.join(__dirname, '../../dist/data'), 'mnist'), names);
  const byClass = (set: ImageSet, each: number): ImageSet => {
    const positions = names.flatMap((_, digit) =>
      [...set.labels.keys()].filter((i) => set.labels[i] === digit).slice(0, each),
    );
    return {
      ...set,
      images: new ChosenImages(set.images, positions),
      labels: Uint16Array.from(positions, (i) => set.labels[i]!),
      count: positions.length,
    };
  };
  return { train: byClass(data.train, train), test: byClass(data.test, test) };
}

/** Writes digits as PNG files in `train/0`, `test/9` and so on, and as IDX files. @returns the sections `data` for both */
export function writeDigits(folder: string, digits: Digits) {
  const files = { trainImages: '', trainLabels: '', testImages: '', testLabels: '' };
  for (const part of ['train', 'test'] as const) {
    const { images, labels, count } = digits[part];
    for (let i = 0; i < count; i++) {
      const place = path.join(folder, 'digits', part, `${labels[i]}`);
      mkdirSync(place, { recursive: true });
      const name = `${i}`.padStart(5, '0');
      writeFileSync(
        path.join(place, `${name}.png`),
        encodePng({ height: 28, width: 28, channels: 1 }, images.at(i)),
      );
    }
    files[`${part}Images`] = `${part}.idx3`;
    files[`${part}Labels`] = `${part}.idx1`;
    writeFileSync(
      path.join(folder, `${part}.idx3`),
      encodeIdx({ dimensions: [count, 28, 28], values: imageBytes(digits[part]) }),
    );
    const values = Uint8Array.from(labels);
    writeFileSync(path.join(folder, `${part}.idx1`), encodeIdx({ dimensions: [count], values }));
  }
  return { folder: { set: 'folder', path: 'digits' }, idx: { set: 'idx', files } } as const;
}
