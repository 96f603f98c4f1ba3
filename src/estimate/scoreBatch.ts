/**
 * The batch of the scores without training. They compare its images with each other (NASWOT, Mellor et al., 2021: the
 * determinant is 0 as soon as two are the same), so that every image comes once, and as it is: no random changes.
 */
import { UserError } from '../errors';
import type { ArrayBatch } from '../network/batch';

/** Fewer cannot be compared. */
const fewest = 2;

/** The images, and how many were asked for where there are not so many. */
export interface ScoreBatch {
  readonly batch: ArrayBatch;
  readonly notice?: string;
}

/**
 * The first different images of a split as one batch, as many as are asked for or as there are.
 * @param batches one pass over the split, without augmentation
 * @param count 2 or more
 * @throws UserError with code `too-few-images` when there are fewer than 2 different ones
 */
export function scoreBatch(batches: Iterable<ArrayBatch>, count: number): ScoreBatch {
  const seen = new Set<string>();
  const images: Float32Array[] = [];
  const labels: number[] = [];
  const weights: number[] = [];
  let size: readonly [number, number, number] | undefined;
  for (const { images: values, labels: classes, shape, lossWeights } of batches) {
    const [inBatch, ...sides] = shape;
    const length = values.length / inBatch;
    size ??= sides;
    for (let i = 0; i < inBatch && images.length < count; i++) {
      const image = values.subarray(i * length, (i + 1) * length);
      const key = Buffer.from(image.buffer, image.byteOffset, image.byteLength).toString('latin1');
      if (seen.has(key)) continue;
      seen.add(key);
      images.push(image);
      labels.push(classes[i]!);
      if (lossWeights) weights.push(lossWeights[i]!);
    }
    if (images.length === count) break;
  }
  if (!size || images.length < fewest) throw tooFew(images.length);
  const all = new Float32Array(images.reduce((sum, { length }) => sum + length, 0));
  images.forEach((image, i) => all.set(image, i * image.length));
  // Scores that take a loss (snip, grad_norm) take the one that networks are trained with.
  const lossWeights = weights.length > 0 ? Float32Array.from(weights) : undefined;
  const batch: ArrayBatch = { images: all, labels, shape: [images.length, ...size], lossWeights };
  return images.length < count ? { batch, notice: noticeOf(count, images.length) } : { batch };
}

function tooFew(found: number): UserError {
  return new UserError(
    `A score without training compares images with each other, and the training split has ${found || 'no'} different ` +
      `${found === 1 ? 'image' : 'images'}; it takes ${fewest} or more.`,
    'Raise data.trainImages, or lower data.validationShare.',
    'too-few-images',
  );
}

function noticeOf(asked: number, found: number): string {
  return (
    `estimator.images asks for ${asked} images; the training split has ${found} different ones, ` +
    `and the scores are from those.`
  );
}
