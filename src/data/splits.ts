/** Disjoint sets of images, each with the classes in the proportions of the whole, drawn from a seed. */
import * as z from 'zod';
import { described } from '../describe';
import { Random } from '../random';
import { UserError } from '../errors';
import type { DrawnImages, ImageSet, LoadedData } from './dataSet';
import {
  copiesNotice,
  copiesOfTest,
  copiesOfValidation,
  keptTogether,
  wholeGroups,
} from './duplicates/keepTogether';
import { countClasses, listedNames } from './labels';

/** Positions of images: `train` and `validation` in the training set, `test` in the test set. */
export interface Splits {
  /** Trains the weights. */
  readonly train: Int32Array;
  /** Trains α and validates. Disjoint from `train`. */
  readonly validation: Int32Array;
  /** Judges found networks. The search never sees it. */
  readonly test: Int32Array;
}

/** Splits as they were drawn. */
export interface DrawnSplits extends Splits {
  /** What the person should know, such as which class has no image in one of them. */
  readonly notices: readonly string[];
  /** Positions in the training set of images that are left out, since copies of them test or validate; ascending. */
  readonly copies: Int32Array;
}

export interface SplitOptions {
  /** Share of the training images that validates, 0 … 1. */
  readonly validationFraction: number;
  /** At most this many training images, the validation ones included. */
  readonly limit?: number;
  /** At most this many test images. */
  readonly testLimit?: number;
  readonly seed: number;
}

/** Of a class: all its images, those that are left, and how many parts after this one want an image of it, too. */
interface ClassCount {
  readonly all: number;
  readonly left: number;
  readonly wanted: number;
}

/**
 * How many images of every class a part takes: its share of the class, rounded so that the sum is exact, no class is asked for
 * more than it has left, and each gives at least one where the part is large enough for all classes. A class that has too few
 * for all parts serves the first ones.
 */
function quotas(size: number, total: number, classes: readonly ClassCount[]): number[] {
  const exact = classes.map(({ all }) => (size * all) / total);
  const [least, most] = [holdsEveryClass(size, classes) ? 1 : 0, classes.map(mostOf)];
  const taken = exact.map((share, label) => Math.min(Math.max(Math.floor(share), least), most[label]!));
  let missing = size - taken.reduce((sum, count) => sum + count, 0);
  // Largest remainders first; a second round only serves classes that ran out, or pays for those that were given one.
  const order = [...exact.keys()].sort((a, b) => exact[b]! - taken[b]! - (exact[a]! - taken[a]!) || a - b);
  while (missing > 0) {
    for (const label of order) {
      if (missing > 0 && taken[label]! < most[label]!) {
        taken[label]!++;
        missing--;
      }
    }
  }
  while (missing < 0) {
    for (const label of order.toReversed()) {
      if (missing < 0 && taken[label]! > least) {
        taken[label]!--;
        missing++;
      }
    }
  }
  return taken;
}

/** Whether a part of some images can have one of each class that there is. */
function holdsEveryClass(size: number, classes: readonly Pick<ClassCount, 'all'>[]): boolean {
  return size >= classes.filter(({ all }) => all > 0).length;
}

function mostOf({ left, wanted }: ClassCount): number {
  return Math.max(Math.min(1, left), left - wanted);
}

/**
 * Draws disjoint, stratified parts of a set, each in random order. A class has an image in every part that is large enough for
 * all classes, as long as it has as many images.
 * @param labels of the whole set
 * @param sizes of the parts; a size below 1 is a share of the set, from 1 on it is a number of images
 * @returns positions in `labels`
 * @throws RangeError when the parts are larger than the set
 */
export function stratifiedSplit(
  labels: ArrayLike<number>,
  sizes: readonly number[],
  random: Random,
): Int32Array[] {
  const counts = sizes.map((size) => (size < 1 ? Math.round(size * labels.length) : size));
  const asked = counts.reduce((sum, count) => sum + count, 0);
  if (asked > labels.length)
    throw new RangeError(`${asked} images were asked for, there are ${labels.length}.`);
  const classes: number[][] = [];
  for (let i = 0; i < labels.length; i++) (classes[labels[i]!] ??= []).push(i);
  const members = Array.from(classes, (positions) => random.shuffle(positions ?? []));
  const sizesOf = members.map((positions) => ({ all: positions.length }));
  return counts.map((size, part) => {
    const wanted = counts.slice(part + 1).filter((later) => holdsEveryClass(later, sizesOf)).length;
    const left = members.map((positions, label) => ({ ...sizesOf[label]!, left: positions.length, wanted }));
    const taken = quotas(size, labels.length, left);
    return random.shuffle(
      Int32Array.from(members.flatMap((positions, label) => positions.splice(0, taken[label]))),
    );
  });
}

/** A group of images, with what its assignment moves. */
interface Group {
  readonly positions: number[];
  /** By class, and for all images as if they were one class more, the share that is in this group; only what is there. */
  readonly shares: ReadonlyMap<number, number>;
  /** Sum of the shares. */
  readonly weight: number;
}

function groupsOf(labels: ArrayLike<number>, groups: ArrayLike<number>, classes: number): Group[] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const positions = members.get(groups[i]!);
    if (positions) positions.push(i);
    else members.set(groups[i]!, [i]);
  }
  const sizes = countClasses(labels, classes);
  return Array.from(members.values(), (positions) => {
    const shares = new Map([[classes, positions.length / labels.length]]);
    for (const i of positions) shares.set(labels[i]!, (shares.get(labels[i]!) ?? 0) + 1 / sizes[labels[i]!]!);
    return { positions, shares, weight: [...shares.values()].reduce((sum, share) => sum + share, 0) };
  });
}

/**
 * Divides a set so that all images of a group are in one part, and the parts have their shares of all images and of every class
 * as closely as a greedy assignment comes to it: groups in random order, sorted by falling weight, which is the sum of the shares
 * that they have of the classes, each go to the part that lacks most of what they bring. That is the part where
 * Σ_c (held_c − wanted_c)² falls most; c runs over the classes, and over all images as if they were one more. The last groups
 * that have a class go to parts without it, so that every part has each class of which there are as many groups as parts, unless
 * groups with several classes leave no such choice. scikit-learn's `StratifiedGroupKFold` is the greedy assignment for equal
 * parts.
 * @param labels of the whole set
 * @param groups of the whole set: any number for each group
 * @param shares of the parts; they add up to 1
 * @returns positions in `labels` of each part, in random order; a part is empty where there are fewer groups than parts
 */
export function stratifiedGroupSplit(
  labels: ArrayLike<number>,
  groups: ArrayLike<number>,
  shares: readonly number[],
  random: Random,
): Int32Array[] {
  let classes = 0;
  for (let i = 0; i < labels.length; i++) classes = Math.max(classes, labels[i]! + 1);
  const ordered = random.shuffle(groupsOf(labels, groups, classes)).sort((a, b) => b.weight - a.weight);
  /** Groups with a class that have no part yet. */
  const remaining = new Int32Array(classes + 1);
  for (const group of ordered) for (const c of group.shares.keys()) remaining[c]!++;
  const parts = shares.map((wanted) => ({
    wanted,
    held: new Float64Array(classes + 1),
    groups: [] as Group[],
  }));
  for (const group of ordered) {
    const brought = [...group.shares.keys()];
    const scarce = brought.filter((c) => remaining[c]! <= parts.filter(({ held }) => held[c] === 0).length);
    const merits = parts.map(({ wanted, held }) => ({
      missing: scarce.filter((c) => held[c] === 0).length,
      lacking: brought.reduce((sum, c) => sum + group.shares.get(c)! * (wanted - held[c]!), 0),
    }));
    let best = 0;
    merits.forEach(({ missing, lacking }, part) => {
      if ((missing - merits[best]!.missing || lacking - merits[best]!.lacking) > 0) best = part;
    });
    const { held, groups: own } = parts[best]!;
    own.push(group);
    for (const c of brought) {
      held[c]! += group.shares.get(c)!;
      remaining[c]!--;
    }
  }
  return parts.map(({ groups: own }) =>
    random.shuffle(Int32Array.from(own.flatMap(({ positions }) => positions))),
  );
}

/** The key of sets that keep a share for the test. @param description its hint in a config */
export const testShareKey = (description: string) =>
  described(z.number().gt(0).lt(1).default(0.2), description);

/** Labels of images and, where there are, the group of each. */
interface Labelled {
  readonly labels: ArrayLike<number>;
  readonly groups?: ArrayLike<number>;
}

/**
 * Keeps a share for the test, stratified, and groups whole. How many test depends on the seed only where there are groups.
 * @param source what messages begin with
 * @returns positions that train and that test, each ascending
 * @throws UserError where nothing would be left for one of the two
 */
export function keepForTest(
  { labels, groups }: Labelled,
  share: number,
  seed: number,
  source: string,
): { readonly train: Int32Array; readonly test: Int32Array } {
  const { length } = labels;
  const count = Math.round(share * length);
  const random = Random.fromSeed(seed, 'test share');
  if (count >= 1 && count < length) {
    const [test, train] = groups
      ? stratifiedGroupSplit(labels, groups, [share, 1 - share], random)
      : stratifiedSplit(labels, [count, length - count], random);
    if (test!.length > 0 && train!.length > 0) return { train: train!.sort(), test: test!.sort() };
  }
  const what = groups ? 'groups of images' : 'images';
  throw new UserError(
    `${source} has ${length} labels, of which a share of ${share} cannot be kept for the test.`,
    `Add ${what}, or write another data.testShare.`,
    'broken-data',
  );
}

/** Training images for the weights and for validation, groups kept whole; of each part at most as many as asked for. */
function groupedParts(
  { labels, groups }: Required<Labelled>,
  counts: readonly [weights: number, validation: number],
  random: Random,
): Int32Array[] {
  const total = counts[0] + counts[1];
  const shares = counts.map((count) => count / total);
  const parts = stratifiedGroupSplit(labels, groups, shares, random);
  if (parts.some((part) => part.length === 0)) {
    throw new UserError(
      'All training images are of one group, so that none can validate.',
      'Groups stay on one side of a split: there must be two at least.',
      'empty-split',
    );
  }
  if (total === labels.length) return parts;
  return parts.map((part, i) => {
    const own = Array.from(part, (position) => labels[position]!);
    const [chosen] = stratifiedSplit(own, [Math.min(counts[i]!, part.length)], random);
    return chosen!.map((index) => part[index]!);
  });
}

/** Says which classes a part has no image of, and what can be done; undefined where it has all. */
function absenceNotice(
  part: Int32Array,
  { labels, classes, classNames, groups }: ImageSet,
  { what, key }: { readonly what: string; readonly key: string },
): string | undefined {
  const counts = countClasses(labels, classes, part);
  const absent = classNames.filter((_, label) => counts[label] === 0);
  if (absent.length === 0) return undefined;
  const few = `they have too few images${groups ? ' or groups' : ''}. Add some, or leave them out.`;
  const reason =
    part.length < classes
      ? `there are ${part.length} such images for ${classes} classes. Use more (${key}).`
      : few;
  return `No image that ${what} is of ${listedNames(absent)}: ${reason}`;
}

/** Says how many groups have images in training and in test. */
function overlapNotice({ train, test }: LoadedData): string | undefined {
  if (!train.groups || !test.groups) return undefined;
  const trained = new Set(train.groups);
  const shared = [...new Set(test.groups)].filter((group) => trained.has(group)).length;
  if (shared === 0) return undefined;
  const which = shared === 1 ? '1 group has' : `${shared} groups have`;
  return `${which} images in training and in test, so that test scores may be too good. Split the data by group.`;
}

/** Training images that may train or validate, and what of them stays together. */
interface TrainingPool extends Labelled {
  /** Positions in the training set; undefined where all may. */
  readonly positions?: Int32Array;
  /** Positions of the others, of which copies test. */
  readonly copies: Int32Array;
}

function trainingPool({ train, duplicates }: LoadedData, test: Int32Array): TrainingPool {
  const { labels, groups } = train;
  if (!duplicates) return { labels, groups, copies: Int32Array.of() };
  const together = keptTogether(duplicates).groups;
  const copies = copiesOfTest(together, test);
  if (copies.length === 0) return { labels, groups: wholeGroups(groups, together.train), copies };
  const left = new Set(copies);
  const positions = Int32Array.from(labels.keys()).filter((image) => !left.has(image));
  const of = (values: Int32Array) => positions.map((image) => values[image]!);
  const own = groups && of(groups);
  return {
    ...{ positions, copies, groups: wholeGroups(own, of(together.train)) },
    labels: Uint16Array.from(positions, (image) => labels[image]!),
  };
}

/**
 * The splits of a run. Limits beyond what there is mean all there is. Every class is in every split that is large enough, as far
 * as it has the images; what is not so is said. Where the data has groups, or images that are copies of each other, the parts are as
 * near to their sizes as whole groups allow, and never larger than a limit asks for. What is a copy of an image that tests is in
 * no part.
 * @throws UserError when nothing would be left to train or to validate on
 */
export function makeSplits(data: LoadedData, options: SplitOptions): DrawnSplits {
  const testCount = Math.min(options.testLimit ?? Infinity, data.test.count);
  const [test] = stratifiedSplit(data.test.labels, [testCount], Random.fromSeed(options.seed, 'test'));
  const { labels, groups, positions, copies } = trainingPool(data, test!);
  const total = Math.min(options.limit ?? Infinity, labels.length);
  const validationCount = Math.round(total * options.validationFraction);
  const trainCount = total - validationCount;
  if (trainCount < 1 || validationCount < 1) {
    const left = copies.length > 0 ? ` ${copies.length} others are copies of test images.` : '';
    throw new UserError(
      `Of ${total} training images, ${trainCount} would train the weights and ${validationCount} α.${left}`,
      copies.length > 0
        ? 'Test on images that are no copies of those to train on, or write "duplicates": "keep" in data.'
        : 'Use more images, or a validation share nearer to one half.',
      'empty-split',
    );
  }
  const random = Random.fromSeed(options.seed, 'splits');
  const counts = [trainCount, validationCount] as const;
  const parts = groups
    ? groupedParts({ labels, groups }, counts, random)
    : stratifiedSplit(labels, counts, random);
  const [train, validation] = parts.map((part) =>
    positions ? part.map((index) => positions[index]!) : part,
  ) as [Int32Array, Int32Array];
  const notices = [
    absenceNotice(train, data.train, { what: 'trains the weights', key: 'data.trainImages' }),
    absenceNotice(validation, data.train, { what: 'trains α or validates', key: 'data.trainImages' }),
    absenceNotice(test!, data.test, { what: 'tests found networks', key: 'data.testImages' }),
    overlapNotice(data),
  ].filter((notice) => notice !== undefined);
  const { duplicates } = data;
  const told = duplicates ? [copiesNotice(data, duplicates, { ofTest: copies.length, ofValidation: 0 })] : [];
  return { train, validation, test: test!, copies, notices: [...notices, ...told] };
}

/** Splits that were drawn before copies of images were known: what is a copy of an image that tests or validates does not train. */
export function withoutCopies(drawn: DrawnImages, data: LoadedData): DrawnSplits {
  const { duplicates } = data;
  if (!duplicates) return { ...drawn, copies: Int32Array.of() };
  const together = keptTogether(duplicates).groups;
  const ofTest = new Set(copiesOfTest(together, drawn.test));
  const [trains, validation] = [drawn.train, drawn.validation].map((part) =>
    part.filter((image) => !ofTest.has(image)),
  ) as [Int32Array, Int32Array];
  const ofValidation = copiesOfValidation(together, trains, validation);
  const left = new Set(ofValidation);
  const train = trains.filter((image) => !left.has(image));
  if (train.length === 0 || validation.length === 0) {
    throw new UserError(
      'Nearly all of the training images are copies of test images.',
      'Test on images that are no copies of those to train on, or write "duplicates": "keep" in data.',
      'empty-split',
    );
  }
  const counts = { ofTest: ofTest.size, ofValidation: ofValidation.length };
  return {
    ...{ train, validation, test: drawn.test, copies: Int32Array.from([...ofTest, ...ofValidation]).sort() },
    notices: [...drawn.notices, copiesNotice(data, duplicates, counts)],
  };
}
