/** Layers as tensors against their definition, written out in loops. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/backend/load';
import { batchNormTraining } from '../../../src/network/batchNorm';
import {
  avgPool,
  convolution,
  crossEntropy,
  depthwise,
  maxPool,
  shift,
} from '../../../src/network/primitives';
import { Random } from '../../../src/random';

const channels = 2;

/** One image [h, w, c] of normal numbers. */
function image(height: number, width: number): Float32Array {
  const random = Random.fromSeed(height * 100 + width);
  return Float32Array.from({ length: height * width * channels }, () => random.normal());
}

type Window = (read: (dy: number, dx: number) => number | undefined, channel: number) => number;

/** Applies a window at every output pixel; `undefined` is what lies outside of the image. */
function slide(
  pixels: Float32Array,
  height: number,
  width: number,
  stride: number,
  window: Window,
): number[] {
  const result: number[] = [];
  for (let y = 0; y < height; y += stride) {
    for (let x = 0; x < width; x += stride) {
      for (let c = 0; c < channels; c++) {
        const read = (dy: number, dx: number): number | undefined => {
          const [row, column] = [y + dy, x + dx];
          const inside = row >= 0 && column >= 0 && row < height && column < width;
          return inside ? pixels[(row * width + column) * channels + c] : undefined;
        };
        result.push(window(read, c));
      }
    }
  }
  return result;
}

const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dy, dx] as const));
const within = (read: Parameters<Window>[0]): number[] =>
  around.map(([dy, dx]) => read(dy, dx)).filter((value) => value !== undefined);

function assertClose(actual: tf.Tensor, expected: number[]): void {
  const values = actual.dataSync();
  assert.equal(values.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(values[i]! - value) < 1e-5, `at ${i}: ${values[i]} ≠ ${value}`),
  );
}

for (const backend of ['cpu', 'wasm', 'tensorflow'] as const) {
  describe(`primitives on ${backend}`, () => {
    before(() => loadBackend(backend));

    for (const [height, width] of [
      [6, 8],
      [7, 5],
      [1, 3],
    ] as const) {
      for (const stride of [1, 2] as const) {
        const title = `${height}×${width}, stride ${stride}`;
        const pixels = image(height, width);
        const x = (): tf.Tensor4D => tf.tensor4d(pixels, [1, height, width, channels]);

        it(`max pool: padding never wins (${title})`, () => {
          const expected = slide(pixels, height, width, stride, (read) => Math.max(...within(read)));
          tf.tidy(() => assertClose(maxPool(x(), stride), expected));
        });

        it(`average pool: padding is not counted (${title})`, () => {
          const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
          const expected = slide(pixels, height, width, stride, (read) => mean(within(read)));
          tf.tidy(() => assertClose(avgPool(x(), stride), expected));
        });

        for (const [kernel, dilation] of [
          [3, 1],
          [5, 1],
          [3, 2],
          [5, 2],
        ] as const) {
          it(`depthwise ${kernel}×${kernel}, dilation ${dilation}: symmetric padding (${title})`, () => {
            const random = Random.fromSeed(kernel);
            const filter = Float32Array.from({ length: kernel ** 2 * channels }, () => random.normal());
            const reach = (kernel - 1) / 2;
            const expected = slide(pixels, height, width, stride, (read, c) => {
              let sum = 0;
              for (let i = 0; i < kernel; i++) {
                for (let j = 0; j < kernel; j++) {
                  const value = read(dilation * (i - reach), dilation * (j - reach)) ?? 0;
                  sum += value * filter[(i * kernel + j) * channels + c]!;
                }
              }
              return sum;
            });
            tf.tidy(() => {
              const weights = tf.tensor4d(filter, [kernel, kernel, channels, 1]);
              assertClose(depthwise(x(), weights, stride, dilation), expected);
            });
          });
        }

        it(`3×3 convolution of one channel into one: symmetric padding (${title})`, () => {
          const filter = Float32Array.from({ length: 9 * channels ** 2 }, (_, i) => Math.sin(i));
          const expected: number[] = [];
          for (let y = 0; y < height; y += stride) {
            for (let column = 0; column < width; column += stride) {
              for (let o = 0; o < channels; o++) {
                let sum = 0;
                for (const [dy, dx] of around) {
                  const [r, q] = [y + dy, column + dx];
                  if (r < 0 || q < 0 || r >= height || q >= width) continue;
                  for (let c = 0; c < channels; c++) {
                    const tap = ((dy + 1) * 3 + dx + 1) * channels * channels + c * channels + o;
                    sum += pixels[(r * width + q) * channels + c]! * filter[tap]!;
                  }
                }
                expected.push(sum);
              }
            }
          }
          tf.tidy(() =>
            assertClose(convolution(x(), tf.tensor4d(filter, [3, 3, channels, channels]), stride), expected),
          );
        });
      }
    }

    it('shift moves up and left and fills with zeros', () => {
      const pixels = image(3, 4);
      const expected = slide(pixels, 3, 4, 1, (read) => read(1, 1) ?? 0);
      tf.tidy(() => assertClose(shift(tf.tensor4d(pixels, [1, 3, 4, channels])), expected));
    });

    it('BN gives every channel mean β and deviation γ, and hands on unbiased statistics', () => {
      const pixels = image(6, 8);
      let unbiased = 0;
      tf.tidy(() => {
        const sink = (mean: tf.Tensor1D, variance: tf.Tensor1D): void => {
          unbiased = variance.dataSync()[0]!;
          tf.dispose([mean, variance]);
        };
        const x = tf.tensor4d(pixels, [1, 6, 8, channels]);
        const y = batchNormTraining(x, tf.tensor1d([2, 3]), tf.tensor1d([-1, 5]), sink);
        const { mean, variance } = tf.moments(y, [0, 1, 2]);
        assertClose(mean, [-1, 5]);
        const spread = [...variance.dataSync()];
        assert.ok(Math.abs(spread[0]! - 4) < 1e-3 && Math.abs(spread[1]! - 9) < 1e-3, spread.join());
      });
      const first = pixels.filter((_, i) => i % channels === 0);
      const mean = first.reduce((a, b) => a + b, 0) / first.length;
      const expected = first.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (first.length - 1);
      assert.ok(Math.abs(unbiased - expected) < 1e-4, `${unbiased} ≠ ${expected}`);
    });

    it('cross-entropy of equal logits is ln K, and survives large ones', () => {
      tf.tidy(() => {
        const labels = tf.tensor2d([1, 0, 0, 0, 1, 0], [2, 3]);
        assertClose(crossEntropy(tf.zeros([2, 3]), labels), [Math.log(3)]);
        assertClose(crossEntropy(tf.tensor2d([1e4, 0, 0, 0, 1e4, 0], [2, 3]), labels), [0]);
      });
    });
  });
}
