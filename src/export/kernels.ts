/** Layouts of weights: this project, like TensorFlow, has what a layer reads before what it gives; others have it after. */

/** [k, k', in, out] as [out, in, k, k']. */
export function outputsFirst(
  values: Float32Array,
  [height, width, inputs, outputs]: readonly number[],
): Float32Array {
  const result = new Float32Array(values.length);
  let at = 0;
  for (let o = 0; o < outputs!; o++)
    for (let i = 0; i < inputs!; i++)
      for (let k = 0; k < height! * width!; k++) result[at++] = values[(k * inputs! + i) * outputs! + o]!;
  return result;
}

/** What a BN knows of its channels. */
export interface Moments {
  /** [channels] */
  readonly mean: Float32Array;
  /** [channels] */
  readonly variance: Float32Array;
}

/**
 * Mean and variance of every BN, by its index.
 * @param batchNorms their channels
 * @param statistics means of all one after the other, then their variances
 */
export function momentsOf(batchNorms: readonly number[], statistics: Float32Array): Moments[] {
  const channels = batchNorms.reduce((sum, count) => sum + count, 0);
  let start = 0;
  return batchNorms.map((count) => {
    const own = (from: number) => statistics.subarray(from, from + count);
    const moments = { mean: own(start), variance: own(channels + start) };
    start += count;
    return moments;
  });
}
