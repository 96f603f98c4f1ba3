/** What becomes of images that are copies of each other: they stay on one side of every split. */
import { formatCount } from '../../format';
import type { DuplicateGroups, LoadedData } from '../dataSet';
import { Joined } from './joined';

/** What can become of copies. */
export const duplicateTreatments = [
  {
    name: 'together',
    description: 'Copies are on one side of every split, and what is a copy of a test image does not train.',
  },
  { name: 'keep', description: 'Copies are not looked for, and fall where they fall.' },
] as const;

/**
 * A group of more images than this, and of a larger share of all, does not stay together: so many are no copies but a kind of image, and no
 * split could be made around them.
 */
const largest = { images: 20, share: 0.05 };

/** Groups of copies without those that are too large to stay together. */
export interface Kept {
  readonly groups: DuplicateGroups;
  /** Images in groups that are too large. */
  readonly released: number;
}

export function keptTogether(groups: DuplicateGroups): Kept {
  const sizes = new Int32Array(groups.count);
  for (const part of [groups.train, groups.test]) for (const group of part) if (group >= 0) sizes[group]!++;
  const most = Math.max(largest.images, largest.share * (groups.train.length + groups.test.length));
  if (sizes.every((size) => size <= most)) return { groups, released: 0 };
  const kept = (part: Int32Array) => part.map((group) => (group >= 0 && sizes[group]! <= most ? group : -1));
  const released = sizes.reduce((sum, size) => sum + (size > most ? size : 0), 0);
  return { groups: { ...groups, train: kept(groups.train), test: kept(groups.test) }, released };
}

/**
 * What stays on one side: images with the same of a person's groups, copies of each other, and what hangs together by both.
 * @param own of a person
 * @param copies the group of each image, −1 where it has no copy
 * @returns a number for every image, from 0; undefined where each may go where it likes
 */
export function wholeGroups(
  own: Int32Array | undefined,
  copies: Int32Array | undefined,
): Int32Array | undefined {
  if (!copies || !hasCopies(copies)) return own;
  const joined = new Joined(copies.length);
  for (const groups of own ? [own, copies] : [copies]) {
    const first = new Map<number, number>();
    groups.forEach((group, image) => {
      if (groups === copies && group < 0) return;
      const known = first.get(group);
      if (known === undefined) first.set(group, image);
      else joined.join(known, image);
    });
  }
  return copies.map((_, image) => joined.rootOf(image));
}

/** Whether two of these images are copies of each other. */
function hasCopies(copies: Int32Array): boolean {
  const seen = new Set<number>();
  return copies.some((group) => {
    if (group < 0) return false;
    if (seen.has(group)) return true;
    seen.add(group);
    return false;
  });
}

/** Training images of which a copy is among these test images, ascending. */
export function copiesOfTest({ train, test }: DuplicateGroups, tested: Int32Array): Int32Array {
  const groups = new Set(Array.from(tested, (image) => test[image]!));
  groups.delete(-1);
  return Int32Array.from(train.keys()).filter((image) => groups.has(train[image]!));
}

/** Of the training images that are to train, those of which a copy validates. */
export function copiesOfValidation(
  { train }: DuplicateGroups,
  trains: Int32Array,
  validates: Int32Array,
): Int32Array {
  const groups = new Set(Array.from(validates, (image) => train[image]!));
  groups.delete(-1);
  return trains.filter((image) => groups.has(train[image]!));
}

/** Says what was done about copies. @param left training images that are left out, and why */
export function copiesNotice(
  { train, test }: Pick<LoadedData, 'train' | 'test'>,
  duplicates: DuplicateGroups,
  left: { readonly ofTest: number; readonly ofValidation: number },
): string {
  const images = [duplicates.train, duplicates.test].reduce(
    (sum, part) => sum + part.filter((group) => group >= 0).length,
    0,
  );
  const leftOut = (count: number, what: string): string => {
    if (count === 0) return '';
    if (count === 1) return `One training image is left out, since a copy of it ${what}s.`;
    return `${formatCount(count)} training images are left out, since copies of them ${what}.`;
  };
  const { released } = keptTogether(duplicates);
  const total = formatCount(train.count + test.count);
  const sentences = [
    `${formatCount(images)} of ${total} images are copies of others, equal or nearly so; copies stay on one side of every split.`,
    leftOut(left.ofTest, 'test'),
    leftOut(left.ofValidation, 'validate'),
    released > 0
      ? `${formatCount(released)} of them are of a kind that is too frequent to stay on one side, and fall where they fall; data.group can keep them together.`
      : '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}
