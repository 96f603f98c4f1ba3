/** Layers as tensors against their definition, written out in loops. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../../src/backend/load';
import { batchNormTraining } from '../../../../src/network/reference/batchNorm';
import {
  avgPool,
  channelShuffle,
  convolution,
  crossEntropy,
  depthwise,
  maxPool,
  shift,
} from '../../../../src/network/reference/primitives';
import { toTensors } from '../../../../src/network/reference/tensorBatch';
import { Random } from '../../../../src/random';
import { known } from '../../../support/unbalanced';

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
          tf.tidy(() => assertClose(maxPool(x(), { kernel: 3, stride }), expected));
        });

        it(`average pool: padding is not counted (${title})`, () => {
          const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
          const expected = slide(pixels, height, width, stride, (read) => mean(within(read)));
          tf.tidy(() => assertClose(avgPool(x(), { kernel: 3, stride }), expected));
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

    for (const [height, width] of [
      [6, 8],
      [7, 5],
      [1, 3],
    ] as const) {
      const pixels = image(height, width);
      const x = (): tf.Tensor4D => tf.tensor4d(pixels, [1, height, width, channels]);
      const blocks = (combine: (values: number[]) => number): number[] =>
        slide(pixels, height, width, 2, (read) =>
          combine([read(0, 0), read(0, 1), read(1, 0), read(1, 1)].filter((v) => v !== undefined)),
        );
      const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
      const window = { kernel: 2, stride: 2 } as const;

      it(`2×2 pools: every pixel once, edges cut windows off (${height}×${width})`, () => {
        tf.tidy(() => {
          assertClose(
            maxPool(x(), window),
            blocks((values) => Math.max(...values)),
          );
          assertClose(avgPool(x(), window), blocks(mean));
        });
      });

      it(`2×2 pools: gradients to the largest and to all in equal parts (${height}×${width})`, () => {
        // The gradient of Σ dy · pool(x), worked out per block.
        const outputs = blocks(() => 0);
        const dy = outputs.map((_, i) => i + 1);
        const columns = Math.ceil(width / 2);
        const toLargest: number[] = new Array<number>(pixels.length).fill(0);
        const toAll: number[] = new Array<number>(pixels.length).fill(0);
        dy.forEach((value, i) => {
          const [block, c] = [Math.floor(i / channels), i % channels];
          const [top, left] = [2 * Math.floor(block / columns), 2 * (block % columns)];
          const inside = [0, 1]
            .flatMap((a) => [0, 1].map((b) => [top + a, left + b] as const))
            .filter(([row, column]) => row < height && column < width)
            .map(([row, column]) => (row * width + column) * channels + c);
          const largest = inside.reduce((best, at) => (pixels[at]! > pixels[best]! ? at : best));
          toLargest[largest]! += value;
          for (const at of inside) toAll[at]! += value / inside.length;
        });
        tf.tidy(() => {
          const factors = tf.tensor4d(dy, [1, Math.ceil(height / 2), columns, channels]);
          const gradient = (pool: typeof maxPool): tf.Tensor =>
            tf.grad((image) => tf.sum(tf.mul(pool(image as tf.Tensor4D, window), factors)))(x());
          assertClose(gradient(maxPool), toLargest);
          assertClose(gradient(avgPool), toAll);
        });
      });
    }

    it('channel shuffle: deals the groups out like cards', () => {
      tf.tidy(() => {
        const x = tf.tensor4d([0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15], [1, 2, 1, 6]);
        assertClose(channelShuffle(x, 2), [0, 3, 1, 4, 2, 5, 10, 13, 11, 14, 12, 15]);
        assertClose(channelShuffle(x, 3), [0, 2, 4, 1, 3, 5, 10, 12, 14, 11, 13, 15]);
      });
    });

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

    it('cross-entropy by class weights, and its gradient, are those of PyTorch', () => {
      for (const { logits, labels, classWeights, loss, gradient } of known.losses) {
        tf.tidy(() => {
          const batch = {
            ...{ images: new Float32Array(labels.length), labels, shape: [labels.length, 1, 1, 1] as const },
            lossWeights: Float32Array.from(labels, (label) => classWeights[label]!),
          };
          const { labels: oneHot, shares } = toTensors(batch, classWeights.length);
          const { value, grad } = tf.valueAndGrad((x) => crossEntropy(x as tf.Tensor2D, oneHot, shares))(
            tf.tensor2d(logits.map((row) => [...row])),
          );
          assertClose(value, [loss]);
          assertClose(grad, gradient.flat());
        });
      }
    });
  });
}
