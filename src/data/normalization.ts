/** Normalization of pixels to zero mean and unit variance per channel, from training images only. */
import { type ImageSet, imageSize } from './dataSet';

/** Of pixels scaled to 0 … 1, one number for every channel. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Values that are measured, at most: of more images than have as many, some, evenly over all. */
const mostMeasured = 2 ** 28;

/** Mean and standard deviation over the given images; the deviation of a constant channel counts as 1. */
export function measureNormalization(set: ImageSet, indices: Int32Array, most = mostMeasured): Normalization {
  const { images, channels } = set;
  const size = imageSize(set);
  const count = Math.min(indices.length, Math.ceil(most / size));
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let n = 0; n < count; n++) {
    const pixels = images.at(indices[Math.floor((n * indices.length) / count)]!);
    for (let i = 0; i < size; i += channels) {
      for (let c = 0; c < channels; c++) {
        const value = pixels[i + c]!;
        sums[c]! += value;
        squares[c]! += value * value;
      }
    }
  }
  const pixels = Math.max(1, (count * size) / channels);
  const mean = Array.from(sums, (sum) => sum / pixels / 255);
  const std = Array.from(squares, (square, c) => {
    const variance = square / pixels / 255 ** 2 - mean[c]! ** 2;
    return variance > 1e-10 ? Math.sqrt(variance) : 1;
  });
  return { mean, std };
}

/** What each of the 256 values of a channel becomes: [channels][256]. */
export function normalizationTables({ mean, std }: Normalization): Float32Array[] {
  return mean.map((m, c) => Float32Array.from({ length: 256 }, (_, value) => (value / 255 - m) / std[c]!));
}
