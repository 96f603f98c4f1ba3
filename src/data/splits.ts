/** Disjoint sets of images, each with the classes in the proportions of the whole, drawn from a seed. */
import { Random } from '../random';
import { UserError } from '../errors';
import type { LoadedData } from './dataSet';

/** Positions of images: `train` and `validation` in the training set, `test` in the test set. */
export interface Splits {
  /** Trains the weights. */
  readonly train: Int32Array;
  /** Trains α and validates. Disjoint from `train`. */
  readonly validation: Int32Array;
  /** Judges found networks. The search never sees it. */
  readonly test: Int32Array;
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

/**
 * How many images of every class a part takes: its share of the class, rounded so that the sum is exact and no class is
 * asked for more than it has left.
 */
function quotas(
  size: number,
  total: number,
  classSizes: readonly number[],
  left: readonly number[],
): number[] {
  const exact = classSizes.map((count) => (size * count) / total);
  const taken = exact.map((share, label) => Math.min(Math.floor(share), left[label]!));
  let missing = size - taken.reduce((sum, count) => sum + count, 0);
  // Largest remainders first; a second round only serves classes that ran out.
  const order = [...exact.keys()].sort((a, b) => exact[b]! - taken[b]! - (exact[a]! - taken[a]!) || a - b);
  while (missing > 0) {
    for (const label of order) {
      if (missing > 0 && taken[label]! < left[label]!) {
        taken[label]!++;
        missing--;
      }
    }
  }
  return taken;
}

/**
 * Draws disjoint, stratified parts of a set, each in random order.
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
  const classSizes = members.map((positions) => positions.length);
  return counts.map((size) => {
    const left = members.map((positions) => positions.length);
    const taken = quotas(size, labels.length, classSizes, left);
    return random.shuffle(
      Int32Array.from(members.flatMap((positions, label) => positions.splice(0, taken[label]))),
    );
  });
}

/**
 * The splits of a run. Limits beyond what there is mean all there is.
 * @throws UserError when nothing would be left to train or to validate on
 */
export function makeSplits(data: LoadedData, options: SplitOptions): Splits {
  const total = Math.min(options.limit ?? Infinity, data.train.count);
  const validationCount = Math.round(total * options.validationFraction);
  const trainCount = total - validationCount;
  if (trainCount < 1 || validationCount < 1) {
    throw new UserError(
      `Of ${total} training images, ${trainCount} would train the weights and ${validationCount} α.`,
      'Use more images, or a validation share nearer to one half.',
      'empty-split',
    );
  }
  const random = Random.fromSeed(options.seed, 'splits');
  const [train, validation] = stratifiedSplit(data.train.labels, [trainCount, validationCount], random);
  const testCount = Math.min(options.testLimit ?? Infinity, data.test.count);
  const [test] = stratifiedSplit(data.test.labels, [testCount], Random.fromSeed(options.seed, 'test'));
  return { train: train!, validation: validation!, test: test! };
}
