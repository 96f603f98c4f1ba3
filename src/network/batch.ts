/** A batch as plain arrays: what every engine takes. */

/** Images [b, h, w, c] as row-major numbers with their labels. */
export interface ArrayBatch {
  readonly images: Float32Array;
  /** Class of each image, [b]. */
  readonly labels: ArrayLike<number>;
  readonly shape: readonly [number, number, number, number];
}
