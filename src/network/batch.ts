/** A batch as plain arrays: what every engine takes. */

/** Images [b, h, w, c] as row-major numbers with their labels. */
export interface ArrayBatch {
  readonly images: Float32Array;
  /** Class of each image, [b]. */
  readonly labels: ArrayLike<number>;
  readonly shape: readonly [number, number, number, number];
  /**
   * What the loss of each image counts, [b], above 0; all the same when left out. The loss of the batch is then
   * Σ w·l / Σ w, as PyTorch's `CrossEntropyLoss(weight=…, reduction='mean')` has it.
   */
  readonly lossWeights?: Float32Array;
  /**
   * Where images are mixtures of two: the class of the other, [b], and the share of the own one in what is to be predicted,
   * [b], 0 … 1. The loss of an image is then share·l + (1 − share)·l′.
   */
  readonly partners?: { readonly labels: ArrayLike<number>; readonly shares: Float32Array };
  /**
   * Label smoothing (Szegedy et al., 2016, section 7), 0 … 1: this share ε of what is to be predicted is divided evenly among
   * all classes, as PyTorch's `CrossEntropyLoss(label_smoothing=ε)` has it. None when left out.
   */
  readonly smoothing?: number;
}

/** Mean of the images' losses [b] with the weights that the batch has, summed in the order of the images. */
export function meanOf(losses: ArrayLike<number>, { lossWeights }: Pick<ArrayBatch, 'lossWeights'>): number {
  let sum = 0;
  let total = 0;
  for (let b = 0; b < losses.length; b++) {
    const weight = lossWeights?.[b] ?? 1;
    sum += weight * losses[b]!;
    total += weight;
  }
  return sum / total;
}
