/** What is in a data set: how many images of which class stand in which split, which of them are equal, and their mean. */
import { createHash } from 'node:crypto';
import { type ImageSet, type LoadedData, imageSize } from './dataSet';
import { countClasses } from './labels';
import type { Splits } from './splits';

export type SplitName = keyof Splits;
export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];

/** How many of something each split has. */
export type SplitCounts = Readonly<Record<SplitName, number>>;

/** Images that are equal to the byte. */
export interface EqualImages {
  /** Images of the validation split that stand in the training split, too. */
  readonly validationInTrain: number;
  /** Images of the test split that stand in one of the other two. */
  readonly testInOthers: number;
  /** Images that are equal to one of another class, in any split. */
  readonly otherClass: number;
}

export interface Census {
  readonly counts: SplitCounts;
  readonly classes: readonly ({ readonly name: string } & SplitCounts)[];
  readonly equal: EqualImages;
  /** [height][width][channels], 0 … 255, over the training split. */
  readonly mean: readonly (readonly (readonly number[])[])[];
}

/** @param splits positions in the sets, as a run has them */
export function takeCensus({ train, test }: LoadedData, splits: Splits): Census {
  const sets: Readonly<Record<SplitName, ImageSet>> = { train, validation: train, test };
  const counts = byName((name) => splits[name].length);
  const labels = byName((name) => countClasses(sets[name].labels, train.classes, splits[name]));
  const classes = train.classNames.map((name, label) => ({
    name,
    ...byName((split) => labels[split][label]!),
  }));
  return { counts, classes, equal: findEqual(sets, splits), mean: meanImage(train, splits.train) };
}

function byName<T>(of: (name: SplitName) => T): Record<SplitName, T> {
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

function findEqual(sets: Readonly<Record<SplitName, ImageSet>>, splits: Splits): EqualImages {
  const hashes = byName((name) => Array.from(splits[name], (index) => hashOf(sets[name], index)));
  const labels = new Map<string, Set<number>>();
  for (const name of splitNames) {
    hashes[name].forEach((hash, i) => {
      const found = labels.get(hash) ?? new Set();
      labels.set(hash, found.add(sets[name].labels[splits[name][i]!]!));
    });
  }
  const trained = new Set(hashes.train);
  const seen = new Set([...hashes.train, ...hashes.validation]);
  return {
    validationInTrain: hashes.validation.filter((hash) => trained.has(hash)).length,
    testInOthers: hashes.test.filter((hash) => seen.has(hash)).length,
    otherClass: splitNames.flatMap((name) => hashes[name]).filter((hash) => labels.get(hash)!.size > 1)
      .length,
  };
}

/** The same for images that are equal to the byte. */
export function hashOf(set: ImageSet, index: number): string {
  const size = imageSize(set);
  const pixels = set.images.subarray(index * size, (index + 1) * size);
  // Equal images are meant, not attacks: the shortest of the strong ones will do.
  return createHash('sha1').update(pixels).digest('base64');
}

function meanImage(set: ImageSet, indices: Int32Array): number[][][] {
  const { images, height, width, channels } = set;
  const size = imageSize(set);
  const sums = new Float64Array(size);
  for (const index of indices) {
    for (let i = 0; i < size; i++) sums[i]! += images[index * size + i]!;
  }
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) =>
      Array.from({ length: channels }, (___, c) => sums[(y * width + x) * channels + c]! / indices.length),
    ),
  );
}
