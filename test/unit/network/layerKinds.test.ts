/** Activations, squeeze-and-excitation, convolutions along one axis and hidden layers: against their formulas, and their gradients. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/backend/load';
import { networkCost } from '../../../src/cost/network';
import { createFoundNetwork } from '../../../src/network/engines';
import { activate, axisConvolution, squeezeExcite } from '../../../src/network/reference/primitives';
import { ReferenceNetwork } from '../../../src/network/reference/referenceNetwork';
import { layoutOf } from '../../../src/network/structure';
import { Random } from '../../../src/random';
import type { NetworkPlan } from '../../../src/space/plan';
import { activations, gates, layerOutput, layersOutput, type Layer } from '../../../src/space/layers';
import { randomBatch, relativeError } from '../../support/supernets';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const hardSigmoid = (x: number): number => Math.min(Math.max(x + 3, 0), 6) / 6;
const formulas = {
  relu: (x: number) => Math.max(x, 0),
  hard_swish: (x: number) => x * hardSigmoid(x),
  swish: (x: number) => x * sigmoid(x),
};

function assertClose(actual: tf.Tensor, expected: readonly number[]): void {
  const values = actual.dataSync();
  assert.equal(values.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(values[i]! - value) < 1e-5, `at ${i}: ${values[i]} ≠ ${value}`),
  );
}

function numbers(count: number, seed: number, deviation = 1): number[] {
  const random = Random.fromSeed(seed);
  return Array.from({ length: count }, () => deviation * random.normal());
}

/** A network that holds every one of the layers, with a shortcut. */
function everyLayer(): NetworkPlan {
  const input = { height: 6, width: 7, channels: 2 };
  const batchNorm: Layer = { kind: 'batchNorm', affine: true };
  const stem: Layer[] = [
    { kind: 'conv', kernel: 3, stride: 1, filters: 4 },
    batchNorm,
    { kind: 'activation', of: 'hard_swish' },
  ];
  const entry = layersOutput(stem, input);
  const layers: Layer[] = [
    { kind: 'axisConv', axis: 'width', kernel: 7, stride: 1, filters: 6 },
    batchNorm,
    { kind: 'activation', of: 'swish' },
    { kind: 'squeezeExcite', squeeze: 3, inner: 'swish', gate: 'sigmoid' },
    { kind: 'axisConv', axis: 'height', kernel: 3, stride: 1, filters: 4 },
    { kind: 'squeezeExcite', squeeze: 2, inner: 'relu', gate: 'hard_sigmoid' },
    batchNorm,
  ];
  const candidates = [
    { operation: 'block', layers },
    { operation: 'shortcut', layers: [{ kind: 'identity' } as const] },
  ];
  return {
    input,
    classes: 3,
    stem,
    cells: [
      {
        kind: 'fixed',
        channels: 4,
        partial: 1,
        inputs: [entry],
        preprocess: [[]],
        entry,
        nodes: [[{ from: 0, stride: 1, candidates }]],
        concat: [1],
        output: entry,
      },
    ],
    head: [],
    features: entry,
    hidden: { units: 5, activation: 'hard_swish' },
  };
}

const plan = everyLayer();
const random = Random.fromSeed(3, 'layer kinds');
const weights = layoutOf(plan).initialize(random);
const batch = randomBatch(plan, 4, random);

describe('a network of all kinds of layers', () => {
  before(() => loadBackend('cpu'));

  it('has the parameters and products that a count by hand gives', () => {
    const { parameters, flops } = networkCost(plan);
    assert.equal(layoutOf(plan).size, parameters);
    const convolutions = 9 * 2 * 4 + 7 * 4 * 6 + 3 * 6 * 4;
    const gates = 2 * 6 * 3 + 2 * 4 * 2;
    const linear = 4 * 5 + 5 * 3;
    assert.equal(flops, 42 * convolutions + gates + linear);
    const biases = 3 + 6 + 2 + 4 + 5 + 3;
    assert.equal(parameters, convolutions + gates + linear + biases + 2 * (4 + 6 + 4));
  });

  it('has the gradient that differences of the loss give', async () => {
    const network = new ReferenceNetwork(plan);
    const { weights: gradient } = await network.differentiate(batch, weights);
    const norm = Math.hypot(...gradient);
    const step = 0.02;
    const moved = (sign: number): Float32Array =>
      weights.map((value, i) => value + (sign * step * gradient[i]!) / norm);
    const [after, before] = [
      await network.differentiate(batch, moved(1)),
      await network.differentiate(batch, moved(-1)),
    ];
    const slope = (after.loss - before.loss) / (2 * step);
    assert.ok(Math.abs(slope / norm - 1) < 5e-3, `${slope} instead of ${norm}`);
  });

  it('goes to the reference, since the fused engine has no kernels for it', async () => {
    const network = createFoundNetwork(plan, { engine: 'auto', threads: 1 });
    const expected = await new ReferenceNetwork(plan).differentiate(batch, weights);
    assert.equal((await network.differentiate(batch, weights)).loss, expected.loss);
    network.dispose();
    assert.throws(
      () => createFoundNetwork(plan, { engine: 'fused', threads: 1 }),
      /has no kernels for a hidden layer/,
    );
  });
});

for (const backend of ['cpu', 'wasm', 'tensorflow'] as const) {
  describe(`kinds of layers on ${backend}`, () => {
    let ofCpu: Float32Array;

    before(async () => {
      await loadBackend('cpu');
      ofCpu = (await new ReferenceNetwork(plan).differentiate(batch, weights)).weights;
      await loadBackend(backend);
    });

    it('activations follow their formulas', () => {
      const x = [-7, -3, -2.5, -0.5, 0, 0.5, 2.5, 3, 7];
      for (const name of activations) {
        tf.tidy(() => {
          const expected = x.map((value) => formulas[name](value));
          assertClose(activate(tf.tensor4d(x, [1, 3, 3, 1]), name), expected);
          assertClose(activate(tf.tensor2d(x, [3, 3]), name), expected);
        });
      }
    });

    for (const gate of gates) {
      it(`squeeze-and-excitation scales every channel by a gate (${gate})`, () => {
        const [channels, squeezed, pixels] = [3, 2, 4];
        const x = numbers(2 * pixels * channels, 1);
        const [w1, b1] = [numbers(channels * squeezed, 2), numbers(squeezed, 3)];
        const [w2, b2] = [numbers(squeezed * channels, 4), numbers(channels, 5)];
        const expected = [0, 1].flatMap((image) => {
          const at = (pixel: number, c: number): number => x[(image * pixels + pixel) * channels + c]!;
          const sum = (n: number, term: (i: number) => number): number =>
            Array.from({ length: n }, (_, i) => term(i)).reduce((a, b) => a + b, 0);
          const mean = (c: number): number => sum(pixels, (pixel) => at(pixel, c)) / pixels;
          const inside = b1.map((bias, s) =>
            Math.max(0, bias + sum(channels, (c) => mean(c) * w1[c * squeezed + s]!)),
          );
          const factors = b2.map((bias, c) => {
            const value = bias + sum(squeezed, (s) => inside[s]! * w2[s * channels + c]!);
            return gate === 'sigmoid' ? sigmoid(value) : hardSigmoid(value);
          });
          return Array.from({ length: pixels * channels }, (_, i) => {
            const c = i % channels;
            return at(Math.floor(i / channels), c) * factors[c]!;
          });
        });
        tf.tidy(() => {
          const linear = [tf.tensor2d(w1, [3, 2]), tf.tensor1d(b1), tf.tensor2d(w2, [2, 3]), tf.tensor1d(b2)];
          const parts = linear as [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D];
          assertClose(squeezeExcite(tf.tensor4d(x, [2, 2, 2, 3]), parts, 'relu', gate), expected);
        });
      });
    }

    for (const axis of ['height', 'width'] as const) {
      for (const stride of [1, 2] as const) {
        it(`convolves along the ${axis} with stride ${stride}`, () => {
          const [height, width, kernel] = [5, 6, 3];
          const x = numbers(height * width, 6);
          const filter = numbers(kernel * 2, 7);
          const expected: number[] = [];
          const [down, across] = axis === 'height' ? [stride, 1] : [1, stride];
          for (let i = 0; i < height; i += down) {
            for (let j = 0; j < width; j += across) {
              for (let f = 0; f < 2; f++) {
                let sum = 0;
                for (let k = -1; k <= 1; k++) {
                  const [row, column] = axis === 'height' ? [i + k, j] : [i, j + k];
                  if (row < 0 || column < 0 || row >= height || column >= width) continue;
                  sum += x[row * width + column]! * filter[(k + 1) * 2 + f]!;
                }
                expected.push(sum);
              }
            }
          }
          const [tall, wide] = axis === 'height' ? [kernel, 1] : [1, kernel];
          tf.tidy(() => {
            const image = tf.tensor4d(x, [1, height, width, 1]);
            const weight = tf.tensor4d(filter, [tall, wide, 1, 2]);
            const y = axisConvolution(image, weight, stride);
            const output = layerOutput(
              { kind: 'axisConv', axis, kernel, stride, filters: 2 },
              { height, width, channels: 1 },
            );
            assert.deepEqual(y.shape.slice(1), [output.height, output.width, output.channels]);
            assertClose(y, expected);
          });
        });
      }
    }

    it('have the gradients of plain JavaScript', async () => {
      const { weights: gradient } = await new ReferenceNetwork(plan).differentiate(batch, weights);
      assert.ok(relativeError(gradient, ofCpu) < 1e-4, String(relativeError(gradient, ofCpu)));
    });
  });
}
