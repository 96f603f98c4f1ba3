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

/** Where an image stands. */
export interface ImagePlace {
  readonly split: SplitName;
  /** Position in the set. */
  readonly index: number;
}

export interface Census {
  readonly counts: SplitCounts;
  readonly classes: readonly ({ readonly name: string } & SplitCounts)[];
  readonly equal: EqualImages;
  /** Images that are equal to the byte, two or more a group, in the order of splits. */
  readonly duplicates: readonly (readonly ImagePlace[])[];
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
  const duplicates = findDuplicates(sets, splits);
  const equal = countEqual(sets, duplicates);
  return { counts, classes, equal, duplicates, mean: meanImage(train, splits.train) };
}

function byName<T>(of: (name: SplitName) => T): Record<SplitName, T> {
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

type Sets = Readonly<Record<SplitName, ImageSet>>;

function findDuplicates(sets: Sets, splits: Splits): ImagePlace[][] {
  const groups = new Map<string, ImagePlace[]>();
  for (const split of splitNames) {
    for (const index of splits[split]) {
      const hash = hashOf(sets[split], index);
      const known = groups.get(hash);
      if (known) known.push({ split, index });
      else groups.set(hash, [{ split, index }]);
    }
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

function countEqual(sets: Sets, duplicates: readonly (readonly ImagePlace[])[]): EqualImages {
  const equal = { validationInTrain: 0, testInOthers: 0, otherClass: 0 };
  for (const group of duplicates) {
    const of = (name: SplitName): number => group.filter(({ split }) => split === name).length;
    const [train, validation, test] = splitNames.map(of) as [number, number, number];
    if (train > 0) equal.validationInTrain += validation;
    if (train + validation > 0) equal.testInOthers += test;
    const labels = new Set(group.map(({ split, index }) => sets[split].labels[index]));
    if (labels.size > 1) equal.otherClass += group.length;
  }
  return equal;
}

/** The same for images that are equal to the byte. */
function hashOf(set: ImageSet, index: number): string {
  // Equal images are meant, not attacks: the shortest of the strong ones will do.
  return createHash('sha1').update(set.images.at(index)).digest('base64');
}

function meanImage(set: ImageSet, indices: Int32Array): number[][][] {
  const { images, height, width, channels } = set;
  const size = imageSize(set);
  const sums = new Float64Array(size);
  for (const index of indices) {
    const pixels = images.at(index);
    for (let i = 0; i < size; i++) sums[i]! += pixels[i]!;
  }
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) =>
      Array.from({ length: channels }, (___, c) => sums[(y * width + x) * channels + c]! / indices.length),
    ),
  );
}
