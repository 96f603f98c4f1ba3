/**
 * Gradients of max and average pooling (NHWC) as TensorFlow defines them: the first of equal maxima takes the whole
 * gradient, and a mean at the border is over the pixels inside the image.
 */
import type { backend_util } from '@tensorflow/tfjs-core';

/** Rows or columns of the input from … to − 1. */
interface Span {
  from: number;
  to: number;
}

/** What of the input lies under each of the outputs along one axis. */
function spans(outputs: number, stride: number, padding: number, filter: number, size: number): Span[] {
  return Array.from({ length: outputs }, (_, output) => {
    const start = output * stride - padding;
    return { from: Math.max(0, start), to: Math.min(size, start + filter) };
  });
}

function rowsAndColumns(pool: backend_util.Conv2DInfo): [Span[], Span[]] {
  const { padInfo } = pool;
  return [
    spans(pool.outHeight, pool.strideHeight, padInfo.top, pool.filterHeight, pool.inHeight),
    spans(pool.outWidth, pool.strideWidth, padInfo.left, pool.filterWidth, pool.inWidth),
  ];
}

/**
 * Divides the gradient of every mean by the number of pixels that it is over.
 * @param dy [batch, outHeight, outWidth, channels]
 * @param shares like dy, overwritten
 */
export function averagePoolShares(
  dy: Float32Array,
  shares: Float32Array,
  pool: backend_util.Conv2DInfo,
): void {
  const [rows, columns] = rowsAndColumns(pool);
  let at = 0;
  for (let image = 0; image < pool.batchSize; image++) {
    for (const row of rows) {
      for (const column of columns) {
        const share = 1 / ((row.to - row.from) * (column.to - column.from));
        for (let c = 0; c < pool.inChannels; c++, at++) shares[at] = dy[at]! * share;
      }
    }
  }
}

/**
 * @param dy [batch, outHeight, outWidth, channels]
 * @param x [batch, inHeight, inWidth, channels], what was pooled
 * @param y like dy, the maxima
 * @param dx like x, overwritten
 */
export function maxPoolGradient(
  dy: Float32Array,
  x: Float32Array,
  y: Float32Array,
  dx: Float32Array,
  pool: backend_util.Conv2DInfo,
): void {
  dx.fill(0);
  const [rows, columns] = rowsAndColumns(pool);
  const { inChannels, inHeight, inWidth } = pool;
  const window = new Int32Array(pool.filterHeight * pool.filterWidth);
  let at = 0;
  for (let image = 0; image < pool.batchSize; image++) {
    for (const row of rows) {
      for (const column of columns) {
        let pixels = 0;
        for (let i = row.from; i < row.to; i++) {
          const start = (image * inHeight + i) * inWidth;
          for (let j = column.from; j < column.to; j++) window[pixels++] = (start + j) * inChannels;
        }
        for (let c = 0; c < inChannels; c++, at++) {
          const maximum = y[at]!;
          let first = 0;
          while (first < pixels && x[window[first]! + c] !== maximum) first++;
          if (first < pixels) dx[window[first]! + c]! += dy[at]!;
        }
      }
    }
  }
}
