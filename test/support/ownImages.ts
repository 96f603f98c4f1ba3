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
  /** The smallest label. */
  readonly firstLabel?: number;
}

/** Writes four files into a folder. @returns the `data` section that names them */
export function writeOwnImages(folder: string, images: OwnImages) {
  const { height, width, channels = 1, classes = 3, firstLabel = 0 } = images;
  const random = Random.fromSeed(1, 'own images');
  const files = { trainImages: '', trainLabels: '', testImages: '', testLabels: '' };
  const write = (name: keyof typeof files, dimensions: number[], values: Uint8Array | Uint16Array): void => {
    files[name] = `${name}.idx`;
    writeFileSync(join(folder, files[name]), gzipSync(encodeIdx({ dimensions, values }), { level: 1 }));
  };
  for (const part of ['train', 'test'] as const) {
    const shape = channels === 1 ? [height, width] : [height, width, channels];
    const length = images[part] * height * width * channels;
    const pixels = Uint8Array.from({ length }, () => random.integer(256));
    const labels = Uint16Array.from({ length: images[part] }, (_, i) => firstLabel + (i % classes));
    write(`${part}Images`, [images[part], ...shape], pixels);
    write(`${part}Labels`, [images[part]], firstLabel + classes > 256 ? labels : Uint8Array.from(labels));
  }
  return { set: 'idx', files } as const;
}
