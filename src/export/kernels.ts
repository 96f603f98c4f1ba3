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
