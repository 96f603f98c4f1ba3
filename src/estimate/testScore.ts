/** How far a score on the test split is from chance: its standard error from which images happen to be in the split. */
import type { Random } from '../random';
import { countImages, emptyCounts, scoreOf, type ScoreName } from '../scores';
import { standardDeviation } from '../statistics';

/** A network's images with what it took them for. */
export interface JudgedImages {
  /** [n] */
  readonly labels: Uint16Array;
  /** Class of the largest logit, [n]. */
  readonly predicted: Uint16Array;
  /** Cross-entropy, [n]. */
  readonly losses: Float64Array;
}

/** @param logits [n, classes] */
export function judgeImages(logits: Float32Array, labels: Uint16Array, classes: number): JudgedImages {
  const predicted = new Uint16Array(labels.length);
  const losses = new Float64Array(labels.length);
  labels.forEach((label, image) => {
    const own = logits.subarray(image * classes, (image + 1) * classes);
    let best = 0;
    for (let k = 1; k < classes; k++) if (own[k]! > own[best]!) best = k;
    predicted[image] = best;
    const partition = own.reduce((sum, logit) => sum + Math.exp(logit - own[best]!), 0);
    losses[image] = Math.log(partition) + own[best]! - own[label]!;
  });
  return { labels, predicted, losses };
}

/** Resamples: the error of the error is 1/√(2·200), a twentieth. */
const resamples = 200;

/**
 * The bootstrap's standard error (Efron, 1979): the deviation of the score over splits of as many images drawn from this one with
 * replacement. It holds for scores without a formula, such as macro-F1.
 */
export function scoreError(name: ScoreName, images: JudgedImages, classes: number, random: Random): number {
  const { labels, predicted, losses } = images;
  const count = labels.length;
  const drawn = new Uint16Array(count);
  const taken = new Uint16Array(count);
  const values = Array.from({ length: resamples }, () => {
    let loss = 0;
    for (let i = 0; i < count; i++) {
      const image = random.integer(count);
      drawn[i] = labels[image]!;
      taken[i] = predicted[image]!;
      loss += losses[image]!;
    }
    const counts = emptyCounts(classes);
    countImages(drawn, taken, counts);
    return scoreOf(name, counts, loss / count);
  });
  return standardDeviation(values);
}
