/** Pictures for the tests of duplicates. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ImageSet } from '../../../../src/data/dataSet';
import { HeldImages } from '../../../../src/data/images';
import type { Random } from '../../../../src/random';

interface Small {
  /** [16, 16] */
  readonly pixels: readonly number[];
  readonly hash: string;
}

/** Grey pictures with what `imagehash` makes of them. */
export const { pictures: smallPictures } = JSON.parse(
  readFileSync(path.join(__dirname, '../fixtures/smallPictures.json'), 'utf8'),
) as { pictures: Small[] };

/** A picture of smooth waves, as a function of places from 0 to 1 and a channel; values from 0 to 255. */
export function waves(random: Random): (x: number, y: number, c: number) => number {
  const all = Array.from({ length: 6 }, () => ({
    across: 10 * (random.uniform() - 0.5),
    down: 10 * (random.uniform() - 0.5),
    phases: [0, 1, 2].map(() => 2 * Math.PI * random.uniform()),
  }));
  return (x, y, c) => {
    const sum = all.reduce((total, { across, down, phases }) => {
      return total + Math.sin(2 * Math.PI * (across * x + down * y) + phases[c]!);
    }, 0);
    return 128 + 20 * sum;
  };
}

/** Pixels of [side, side, 3]. @param change of values, before they are rounded */
export function drawn(
  side: number,
  of: (x: number, y: number, c: number) => number,
  change: (value: number) => number = (value) => value,
): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 3 * side * side }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
    return change(of((x + 0.5) / side, (y + 0.5) / side, i % 3));
  });
}

export function setOf(
  images: readonly ArrayLike<number>[],
  side: number,
  labels?: readonly number[],
): ImageSet {
  const size = 3 * side * side;
  return {
    images: new HeldImages(Uint8Array.from(images.flatMap((image) => Array.from(image))), size),
    labels: Uint16Array.from(labels ?? images.map((_, i) => i % 2)),
    ...{ count: images.length, height: side, width: side, channels: 3 },
    ...{ classes: 2, classNames: ['cat', 'dog'] },
  };
}
