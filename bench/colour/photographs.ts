/**
 * Cuttings of ten colour photographs that scikit-image and scikit-learn ship (public domain, CC0 and CC BY, as their folders say): a
 * class is a photograph, and a group a column of it, so that no two cuttings that overlap stand on two sides of a split.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { Random } from '../../src/random';

const photographs = {
  skimage: [
    ...['astronaut.png', 'chelsea.png', 'coffee.png', 'hubble_deep_field.jpg', 'ihc.png'],
    ...['motorcycle_left.png', 'retina.jpg', 'rocket.jpg'],
  ],
  sklearn: ['china.jpg', 'flower.jpg'],
};
/** Columns of a photograph, and cuttings of each. */
const columns = 8;
const cuttings = 20;
/** Sides of a cutting, in pixels. */
const sides = { least: 32, most: 56 };

/** As files come: with losses and without, with and without a palette. */
const formats = [
  { extension: 'jpg', write: (image: Sharp) => image.jpeg({ quality: 90 }) },
  { extension: 'png', write: (image: Sharp) => image.png() },
  { extension: 'webp', write: (image: Sharp) => image.webp({ quality: 90 }) },
  { extension: 'gif', write: (image: Sharp) => image.gif() },
] as const;

/** A photograph's pixels. */
export interface Photograph {
  readonly name: string;
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** @param packages folder of the packages of Python */
export async function readPhotographs(packages: string): Promise<Photograph[]> {
  const files = [
    ...photographs.skimage.map((name) => path.join(packages, 'skimage', 'data', name)),
    ...photographs.sklearn.map((name) => path.join(packages, 'sklearn', 'datasets', 'images', name)),
  ];
  return Promise.all(
    files.map(async (file) => {
      const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      return { name: path.parse(file).name, data, width: info.width, height: info.height };
    }),
  );
}

/** @param packages folder of the packages of Python @param folder to be filled: PHOTOGRAPH/COLUMN-NUMBER */
export async function makeCuttings(packages: string, folder: string): Promise<void> {
  const random = Random.fromSeed(1, 'cuttings');
  const between = (least: number, most: number): number => least + random.integer(most - least + 1);
  for (const { name, data, width: across, height: down } of await readPhotographs(packages)) {
    const place = path.join(folder, name);
    mkdirSync(place, { recursive: true });
    const wide = Math.floor(across / columns);
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < cuttings; i++) {
        const width = between(sides.least, Math.min(sides.most, wide));
        const height = between(sides.least, sides.most);
        const left = column * wide + between(0, wide - width);
        const top = between(0, down - height);
        const cut = sharp(data, { raw: { width: across, height: down, channels: 3 } }).extract({
          left,
          top,
          width,
          height,
        });
        const { extension, write } = formats[i % formats.length]!;
        await write(cut).toFile(path.join(place, `column${column}-${i}.${extension}`));
      }
    }
  }
}

/** What of a path says which part of which photograph it is of. */
export const cuttingGroup = '([^/]+/column\\d+)-';
