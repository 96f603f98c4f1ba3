/** mixup (Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018): images and labels of a batch, mixed in pairs. */
import type { Random } from '../random';

/** What pairs of images are mixed in: the class of the other, [b], and the share of the own one, [b]. */
export interface Partners {
  readonly labels: Uint16Array;
  readonly shares: Float32Array;
}

interface Mixable {
  /** [b, …] */
  readonly images: Float32Array;
  /** [b] */
  readonly labels: Uint16Array;
  readonly lossWeights?: Float32Array;
}

/** Uniform above 0, so that it has a logarithm. */
const positive = (random: Random): number => 1 - random.uniform();

/**
 * Draws from Beta(α, α) by the method of Jöhnk (1964), in logarithms, since powers of 1/α leave the range of numbers.
 * @param alpha above 0, at most 1: above that nearly every try would be thrown away
 */
export function drawBeta(alpha: number, random: Random): number {
  for (;;) {
    const [x, y] = [Math.log(positive(random)) / alpha, Math.log(positive(random)) / alpha];
    const larger = Math.max(x, y);
    const sum = larger + Math.log(Math.exp(x - larger) + Math.exp(y - larger));
    if (sum <= 0) return Math.exp(x - sum);
  }
}

/**
 * Mixes each image with that of another place in the batch: λ ~ Beta(α, α) for the whole batch, as in the authors' code. An image
 * keeps the larger share, so that its own label is the one that it most is.
 * @param weights of each class in the loss, [classes]: λ·w·l + (1 − λ)·w′·l′ is then what an image counts
 */
export function mixBatch<Batch extends Mixable>(
  batch: Batch,
  alpha: number,
  weights: Float32Array | undefined,
  random: Random,
): Batch & { readonly partners: Partners } {
  const { images, labels } = batch;
  const count = labels.length;
  const drawn = drawBeta(alpha, random);
  const share = Math.max(drawn, 1 - drawn);
  const others = random.shuffle(Int32Array.from({ length: count }, (_, i) => i));
  const size = images.length / count;
  const mixed = new Float32Array(images.length);
  others.forEach((other, i) => {
    for (let at = 0; at < size; at++)
      mixed[i * size + at] = share * images[i * size + at]! + (1 - share) * images[other * size + at]!;
  });
  const partners = Uint16Array.from(others, (other) => labels[other]!);
  const weightOf = (label: number): number => weights?.[label] ?? 1;
  const lossWeights = Float32Array.from(
    labels,
    (label, i) => share * weightOf(label) + (1 - share) * weightOf(partners[i]!),
  );
  const shares = Float32Array.from(labels, (label, i) => (share * weightOf(label)) / lossWeights[i]!);
  return {
    ...batch,
    images: mixed,
    partners: { labels: partners, shares },
    ...(weights && { lossWeights }),
  };
}
