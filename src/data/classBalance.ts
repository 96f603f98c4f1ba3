/**
 * Unbalanced classes: what the loss of an image of each class counts, or how often images of each class are drawn.
 * `balanced` weights are scikit-learn's (`compute_class_weight`, after King & Zeng, 2001): n/(k·n_c). `effectiveNumber` is
 * equation 2 of Cui et al., "Class-Balanced Loss Based on Effective Number of Samples", 2019.
 */
import type { Random } from '../random';

/** How the loss weighs classes. */
export const classWeightings = [
  { name: 'none', description: 'Every image counts the same.' },
  { name: 'balanced', description: 'Every class counts the same in all: n/(k·n_c), as in scikit-learn.' },
  {
    name: 'effectiveNumber',
    description: 'Between the two: (1 − β)/(1 − β^n_c), β being effectiveNumberBeta (Cui et al., 2019).',
  },
] as const;
export type ClassWeighting = (typeof classWeightings)[number]['name'];

/** How an epoch comes by its images. */
export const samplings = [
  { name: 'shuffled', description: 'Every image once an epoch, in an order of its own.' },
  { name: 'balanced', description: 'Every class equally likely in each draw; an epoch keeps its length.' },
] as const;
export type Sampling = (typeof samplings)[number]['name'];

/**
 * What the loss of an image of each class counts: [classes].
 * @param counts images of each class in the split that trains. A class without any – it may be met where α is trained – counts as
 * if it had one image, and is no class of the k
 * @param beta of `effectiveNumber`, 0 … 1 without 1; its weights are scaled to a mean of 1 over the k classes, as in the paper
 * @returns undefined for `none`
 */
export function classWeights(
  weighting: ClassWeighting,
  counts: readonly number[],
  beta: number,
): Float32Array | undefined {
  if (weighting === 'none') return undefined;
  const present = counts.filter((count) => count > 0);
  const images = present.reduce((sum, count) => sum + count, 0);
  const raw = (count: number): number =>
    weighting === 'balanced' ? images / (present.length * count) : (1 - beta) / (1 - beta ** count);
  const scale =
    weighting === 'balanced' ? 1 : present.length / present.reduce((sum, count) => sum + raw(count), 0);
  return Float32Array.from(counts, (count) => scale * raw(Math.max(1, count)));
}

/**
 * As many images as there are, each from a class that is drawn uniformly among those that have images. Within a class images come
 * in a shuffled order, and all of them once before one comes again, so that little is left to chance.
 * @param labels of the whole set
 * @param indices positions in the set
 */
export function balancedOrder(labels: ArrayLike<number>, indices: Int32Array, random: Random): Int32Array {
  const members = new Map<number, number[]>();
  for (const index of indices) {
    const label = labels[index]!;
    const list = members.get(label);
    if (list) list.push(index);
    else members.set(label, [index]);
  }
  // In the order of the classes, so that it does not depend on that of the images.
  const classes = [...members.keys()]
    .sort((a, b) => a - b)
    .map((label) => ({ images: members.get(label)!, next: Infinity }));
  return indices.map(() => {
    const drawn = classes[random.integer(classes.length)]!;
    if (drawn.next >= drawn.images.length) {
      random.shuffle(drawn.images);
      drawn.next = 0;
    }
    return drawn.images[drawn.next++]!;
  });
}
