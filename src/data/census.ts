/** What is in a data set: how many images of which class stand in which split, which of them are copies of each other, and their mean. */
import { type DuplicateGroups, type ImageSet, type LoadedData, imageSize } from './dataSet';
import { countClasses } from './labels';
import type { DrawnSplits, Splits } from './splits';

export type SplitName = keyof Splits;
export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];

/** How many of something each split has. */
export type SplitCounts = Readonly<Record<SplitName, number>>;

/** Images that are copies of each other, equal to the byte or nearly so; those of no split count where they were left out for it. */
export interface CopyCounts {
  readonly groups: number;
  readonly images: number;
  /** Images of which another is equal to the byte. */
  readonly equal: number;
  /** Training images that are in no split, since a copy tests or validates. */
  readonly leftOut: number;
  /** Images of the validation split that stand in the training split, too. */
  readonly validationInTrain: number;
  /** Images of the test split that stand in one of the other two. */
  readonly testInOthers: number;
  /** Images that are copies of one of another class. */
  readonly otherClass: number;
}

/** Where an image stands. */
export interface ImagePlace {
  readonly split: SplitName | 'leftOut';
  /** Position in the set. */
  readonly index: number;
}

export interface DuplicateGroup {
  /** Whether they are equal to the byte. */
  readonly isEqual: boolean;
  readonly images: readonly ImagePlace[];
}

export interface Census {
  readonly counts: SplitCounts;
  readonly classes: readonly ({ readonly name: string } & SplitCounts)[];
  readonly copies: CopyCounts;
  /** Images that are copies of each other, two or more a group, in the order of splits. */
  readonly duplicates: readonly DuplicateGroup[];
  /** [height][width][channels], 0 … 255, over the training split. */
  readonly mean: readonly (readonly (readonly number[])[])[];
}

/**
 * @param splits positions in the sets, as a run has them
 * @param groups of copies, in the sets
 */
export function takeCensus(
  { train, test }: Pick<LoadedData, 'train' | 'test'>,
  splits: Splits & Pick<DrawnSplits, 'copies'>,
  groups: DuplicateGroups | undefined,
): Census {
  const sets: Sets = { train, validation: train, test, leftOut: train };
  const counts = byName((name) => splits[name].length);
  const labels = byName((name) => countClasses(sets[name].labels, train.classes, splits[name]));
  const classes = train.classNames.map((name, label) => ({
    name,
    ...byName((split) => labels[split][label]!),
  }));
  const duplicates = groups ? groupsIn(sets, splits, groups) : [];
  const copies = countCopies(sets, duplicates);
  return { counts, classes, copies, duplicates, mean: meanImage(train, splits.train) };
}

function byName<T>(of: (name: SplitName) => T): Record<SplitName, T> {
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

type Sets = Readonly<Record<ImagePlace['split'], ImageSet>>;

function groupsIn(
  sets: Sets,
  splits: Splits & Pick<DrawnSplits, 'copies'>,
  { train, test, count }: DuplicateGroups,
): DuplicateGroup[] {
  const groups = Array.from({ length: count }, (): ImagePlace[] => []);
  const places = { ...splits, leftOut: splits.copies };
  for (const split of [...splitNames, 'leftOut'] as const) {
    const numbers = split === 'test' ? test : train;
    for (const index of places[split]) {
      if (numbers[index]! >= 0) groups[numbers[index]!]!.push({ split, index });
    }
  }
  return groups
    .filter(({ length }) => length > 1)
    .map((images) => ({ images, isEqual: images.every((each) => isEqual(sets, images[0]!, each)) }));
}

function isEqual(sets: Sets, one: ImagePlace, other: ImagePlace): boolean {
  const [a, b] = [one, other].map(({ split, index }) => sets[split].images.at(index)) as [
    Uint8Array,
    Uint8Array,
  ];
  return Buffer.compare(a, b) === 0;
}

function countCopies(sets: Sets, duplicates: readonly DuplicateGroup[]): CopyCounts {
  const total = { images: 0, equal: 0, leftOut: 0, validationInTrain: 0, testInOthers: 0, otherClass: 0 };
  for (const group of duplicates) {
    const { images } = group;
    const of = (name: ImagePlace['split']): number => images.filter(({ split }) => split === name).length;
    const [train, validation, test] = splitNames.map(of) as [number, number, number];
    total.images += images.length;
    total.leftOut += of('leftOut');
    if (train > 0) total.validationInTrain += validation;
    if (train + validation > 0) total.testInOthers += test;
    const labels = new Set(images.map(({ split, index }) => sets[split].labels[index]));
    if (labels.size > 1) total.otherClass += images.length;
    const contents = new Map<number, number>();
    for (const { split, index } of images) {
      const content = sets[split].images.checksum(index);
      contents.set(content, (contents.get(content) ?? 0) + 1);
    }
    for (const count of contents.values()) if (count > 1) total.equal += count;
  }
  return { groups: duplicates.length, ...total };
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
