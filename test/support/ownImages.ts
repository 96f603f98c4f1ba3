/** A person's own images as IDX files: of any shape, in a few classes, their pixels drawn from a seed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeIdx } from '../../src/data/idx';
import { Random } from '../../src/random';

export interface OwnImages {
  readonly height: number;
  readonly width: number;
  readonly channels?: 1 | 3;
  readonly train: number;
  readonly test: number;
  readonly classes?: number;
}

/** Writes four files into a folder. @returns the `data` section that names them */
export function writeOwnImages(folder: string, images: OwnImages) {
  const { height, width, channels = 1, classes = 3 } = images;
  const random = Random.fromSeed(1, 'own images');
  const files = { trainImages: '', trainLabels: '', testImages: '', testLabels: '' };
  const write = (name: keyof typeof files, dimensions: number[], value: (i: number) => number): void => {
    files[name] = `${name}.idx`;
    const size = dimensions.reduce((product, length) => product * length, 1);
    const values = Uint8Array.from({ length: size }, (_, i) => value(i));
    writeFileSync(join(folder, files[name]), gzipSync(encodeIdx({ dimensions, values }), { level: 1 }));
  };
  for (const part of ['train', 'test'] as const) {
    const shape = channels === 1 ? [height, width] : [height, width, channels];
    write(`${part}Images`, [images[part], ...shape], () => random.integer(256));
    write(`${part}Labels`, [images[part]], (i) => i % classes);
  }
  return { set: 'idx', files } as const;
}
