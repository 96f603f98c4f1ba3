import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { assertAgrees, assertClose, normal, run, useKernels } from './kernelHelpers';

interface Convolution {
  x: [number, number, number, number];
  filter: [number, number];
  out: number;
  stride: number | [number, number];
  pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
}

/** Odd and even images, every filter side 1 … 7, strides that leave rows over, paddings beyond the filter. */
const convolutions: Convolution[] = [
  { x: [2, 5, 5, 3], filter: [1, 1], out: 4, stride: 1, pad: 'same' },
  { x: [2, 6, 5, 3], filter: [1, 1], out: 2, stride: 2, pad: 'valid' },
  { x: [2, 7, 7, 2], filter: [1, 1], out: 2, stride: 3, pad: 1 },
  { x: [3, 6, 6, 4], filter: [3, 3], out: 4, stride: 1, pad: 'same' },
  { x: [3, 7, 6, 4], filter: [3, 3], out: 2, stride: 2, pad: 'same' },
  { x: [1, 8, 8, 2], filter: [3, 3], out: 3, stride: 2, pad: 'valid' },
  { x: [2, 9, 8, 2], filter: [3, 3], out: 3, stride: 3, pad: 'same' },
  { x: [2, 8, 8, 2], filter: [2, 2], out: 3, stride: 3, pad: 'valid' },
  { x: [2, 8, 9, 1], filter: [2, 4], out: 3, stride: [1, 2], pad: 'same' },
  { x: [2, 8, 8, 3], filter: [5, 5], out: 1, stride: 1, pad: 'same' },
  { x: [2, 8, 8, 3], filter: [5, 5], out: 3, stride: 2, pad: 'same' },
  { x: [2, 9, 7, 2], filter: [1, 7], out: 3, stride: 1, pad: 'same' },
  { x: [2, 9, 7, 2], filter: [7, 1], out: 3, stride: [2, 1], pad: 'valid' },
  { x: [1, 9, 9, 2], filter: [6, 7], out: 2, stride: 1, pad: 2 },
  { x: [1, 9, 9, 2], filter: [7, 7], out: 2, stride: 4, pad: 3 },
  { x: [2, 5, 6, 2], filter: [3, 2], out: 2, stride: 1, pad: 4 },
  {
    x: [2, 6, 6, 2],
    filter: [3, 4],
    out: 2,
    stride: 2,
    pad: [
      [0, 0],
      [2, 0],
      [0, 3],
      [0, 0],
    ],
  },
];

function convolutionArguments({ x, filter, out, stride, pad }: Convolution) {
  const filterShape: [number, number, number, number] = [...filter, x[3], out];
  const { outShape } = tf.backend_util.computeConv2DInfo(x, filterShape, stride, 1, pad);
  const strides = typeof stride === 'number' ? [stride, stride] : stride;
  return { filterShape, outShape, attributes: { strides, pad, dataFormat: 'NHWC' } };
}

function depthwiseArguments({ x, filter, stride, pad }: Convolution, multiplier: number, dilation = 1) {
  const filterShape: [number, number, number, number] = [...filter, x[3], multiplier];
  const { outShape } = tf.backend_util.computeConv2DInfo(
    x,
    filterShape,
    stride,
    dilation,
    pad,
    undefined,
    true,
  );
  const strides = typeof stride === 'number' ? [stride, stride] : stride;
  return { filterShape, outShape, attributes: { strides, pad, dilations: [dilation, dilation] } };
}

const pools = [
  { shape: [2, 7, 6, 3], filterSize: 3, strides: 1, pad: 'same' },
  { shape: [2, 7, 6, 3], filterSize: 3, strides: 2, pad: 'same' },
  { shape: [1, 8, 8, 2], filterSize: 1, strides: 2, pad: 'same' },
  { shape: [1, 8, 8, 2], filterSize: [2, 3], strides: [2, 1], pad: 'valid' },
  { shape: [1, 5, 5, 2], filterSize: 5, strides: 1, pad: 2 },
] as const;

function poolOutput({ shape, filterSize, strides, pad }: (typeof pools)[number]): number[] {
  const [size, stride] = [filterSize, strides] as unknown as [[number, number], [number, number]];
  return tf.backend_util.computePool2DInfo([...shape], size, stride, 1, pad).outShape;
}

describe('kernels added to the wasm backend', () => {
  useKernels();

  describe('agree with the cpu backend', () => {
    it('Conv2DBackpropFilter', async () => {
      for (const convolution of convolutions) {
        const { filterShape, outShape, attributes } = convolutionArguments(convolution);
        const inputs = { x: { shape: convolution.x }, dy: { shape: outShape } };
        await assertAgrees('Conv2DBackpropFilter', inputs, { ...attributes, filterShape });
      }
    });

    it('Conv2DBackpropInput', async () => {
      for (const convolution of convolutions) {
        const { filterShape, outShape, attributes } = convolutionArguments(convolution);
        const inputs = { dy: { shape: outShape }, filter: { shape: filterShape } };
        await assertAgrees('Conv2DBackpropInput', inputs, { ...attributes, inputShape: convolution.x });
      }
    });

    for (const multiplier of [1, 2, 3]) {
      it(`DepthwiseConv2dNativeBackpropFilter, channel multiplier ${multiplier}`, async () => {
        for (const convolution of convolutions) {
          const { filterShape, outShape, attributes } = depthwiseArguments(convolution, multiplier);
          const inputs = { x: { shape: convolution.x }, dy: { shape: outShape } };
          await assertAgrees('DepthwiseConv2dNativeBackpropFilter', inputs, { ...attributes, filterShape });
        }
      });

      it(`DepthwiseConv2dNativeBackpropInput, channel multiplier ${multiplier}`, async () => {
        for (const convolution of convolutions) {
          const { filterShape, outShape, attributes } = depthwiseArguments(convolution, multiplier);
          const inputs = { dy: { shape: outShape }, filter: { shape: filterShape } };
          const inputShape = convolution.x;
          await assertAgrees('DepthwiseConv2dNativeBackpropInput', inputs, { ...attributes, inputShape });
        }
      });
    }

    it('MaxPoolGrad, with equal maxima and nothing but negative values', async () => {
      for (const pool of pools) {
        const { shape, ...attributes } = pool;
        const count = tf.util.sizeFromShape([...shape]);
        const drawn = [...normal(count)];
        for (const values of [drawn, drawn.map((v) => -1 - Math.abs(v)), drawn.map((v) => Math.max(0, v))]) {
          const input = { shape: [...shape], values };
          const [y] = await run('cpu', 'MaxPool', { x: input }, attributes);
          const dy = { shape: poolOutput(pool) };
          await assertAgrees('MaxPoolGrad', { dy, input, output: { ...dy, values: [...y!] } }, attributes);
        }
      }
    });

    it('UnsortedSegmentSum', async () => {
      const segmentIds = { shape: [4], values: [2, 0, 2, -1], dtype: 'int32' as const };
      await assertAgrees('UnsortedSegmentSum', { x: { shape: [4, 3] }, segmentIds }, { numSegments: 4 });
    });
  });

  it('give the depthwise gradients with dilation, which is a convolution with zeros in the filter', async () => {
    for (const filter of [
      [3, 3],
      [5, 5],
      [1, 2],
    ] as const) {
      for (const pad of ['same', 'valid', 3] as const) {
        const convolution = { x: [2, 11, 12, 3], filter: [...filter], out: 3, stride: 1, pad } as Convolution;
        const { filterShape, outShape, attributes } = depthwiseArguments(convolution, 2, 2);
        const sparse = filter.map((side) => 2 * side - 1) as [number, number];
        const plain = depthwiseArguments({ ...convolution, filter: sparse }, 2);
        const x = { shape: convolution.x, values: [...normal(tf.util.sizeFromShape(convolution.x))] };
        const dy = { shape: outShape, values: [...normal(tf.util.sizeFromShape(outShape))] };
        const w = { shape: filterShape, values: [...normal(tf.util.sizeFromShape(filterShape))] };
        const spread = tf.buffer(plain.filterShape);
        const taps = tf.buffer(filterShape, 'float32', Float32Array.from(w.values));
        const places = [...w.values.keys()].map((i) => taps.indexToLoc(i));
        const widen = ([i, j, c, m]: number[]) => [2 * i!, 2 * j!, c!, m!];
        for (const place of places) spread.set(taps.get(...place), ...widen(place));

        const inputShape = convolution.x;
        const [dx] = await run(
          'wasm',
          'DepthwiseConv2dNativeBackpropInput',
          { dy, filter: w },
          { ...attributes, inputShape },
        );
        const filterOfZeros = { shape: plain.filterShape, values: [...spread.values] };
        const wide = { ...plain.attributes, inputShape };
        const [wantX] = await run(
          'cpu',
          'DepthwiseConv2dNativeBackpropInput',
          { dy, filter: filterOfZeros },
          wide,
        );
        assertClose(dx!, wantX!, `input, ${filter.join('×')} ${pad}`);

        const [dw] = await run(
          'wasm',
          'DepthwiseConv2dNativeBackpropFilter',
          { x, dy },
          { ...attributes, filterShape },
        );
        const dense = { ...plain.attributes, filterShape: plain.filterShape };
        const [all] = await run('cpu', 'DepthwiseConv2dNativeBackpropFilter', { x, dy }, dense);
        const allTaps = tf.buffer(plain.filterShape, 'float32', all);
        const wantW = places.map((place) => allTaps.get(...widen(place)));
        assertClose(dw!, wantW, `filter, ${filter.join('×')} ${pad}`);
      }
    }
  });

  for (const backend of ['wasm', 'cpu']) {
    it(`make AvgPoolGrad on ${backend} the transposed of AvgPool, at borders too`, async () => {
      for (const pool of pools) {
        const { shape, ...attributes } = pool;
        const x = { shape: [...shape], values: [...normal(tf.util.sizeFromShape([...shape]))] };
        const out = poolOutput(pool);
        const dy = { shape: out, values: [...normal(tf.util.sizeFromShape(out))] };
        const [y] = await run(backend, 'AvgPool', { x }, attributes);
        const [dx] = await run(backend, 'AvgPoolGrad', { dy, input: x }, attributes);
        const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
          Array.from(a).reduce((s, v, i) => s + v * b[i]!, 0);
        const [left, right] = [dot(y!, dy.values), dot(x.values, dx!)];
        const magnitude = Math.sqrt(dot(y!, y!) * dot(dy.values, dy.values));
        assert.ok(
          Math.abs(left - right) < 1e-5 * magnitude,
          `${JSON.stringify(pool)}: ${left} against ${right}`,
        );
      }
    });
  }

  it('leave no data behind over repeated training steps', async () => {
    await tf.setBackend('wasm');
    const data = () => (tf.backend() as tf.KernelBackend & { numDataIds(): number }).numDataIds();
    const shapes = [
      [2, 8, 8, 4],
      [3, 3, 4, 4],
      [3, 3, 4, 2],
    ];
    const inputs = shapes.map((shape) => tf.randomNormal(shape, 0, 1, 'float32', 1));
    const loss = (...[a, w, d]: tf.Tensor4D[]): tf.Scalar => {
      const hidden = tf.depthwiseConv2d(tf.conv2d(a!, w!, 2, 'same'), d!, 1, 'same');
      const pooled = tf.concat([tf.maxPool(hidden, 3, 1, 'same'), tf.avgPool(hidden, 3, 1, 'same')], 3);
      const wide = tf.batchToSpaceND(
        tf.spaceToBatchND(
          pooled,
          [2, 2],
          [
            [0, 0],
            [0, 0],
          ],
        ),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      );
      const flat = tf.reshape(tf.tile(tf.split(wide, 2, 3)[1]!, [1, 1, 1, 2]), [32, 16]);
      return tf.sum(tf.matMul(flat, flat, true));
    };
    const step = () => {
      const gradients = tf.grads(loss as (...inputs: tf.Tensor[]) => tf.Scalar)(inputs);
      gradients.forEach((gradient) => gradient.dispose());
    };
    step();
    const [tensors, ids] = [tf.memory().numTensors, data()];
    for (let i = 0; i < 5; i++) step();
    assert.equal(tf.memory().numTensors, tensors);
    assert.equal(data(), ids);
    tf.dispose(inputs);
  });
});
