import assert from 'node:assert/strict';
import { loadBackend } from '../../../../src/backend/load';
import type { UserError } from '../../../../src/errors';
import type { ArrayBatch } from '../../../../src/network/batch';
import { FoundNetwork } from '../../../../src/network/foundNetwork';
import { ReferenceNetwork } from '../../../../src/network/reference/referenceNetwork';
import { layoutOf } from '../../../../src/network/structure';
import { zeroCostProxies } from '../../../../src/network/reference/zeroCost';
import { Random } from '../../../../src/random';
import { planBench201Network } from '../../../../src/space/bench201/plan';
import type { NetworkPlan } from '../../../../src/space/plan';
import { randomBatch } from '../../../support/supernets';

const input = { height: 6, width: 6, channels: 2 };

function planOf(cell: string, channels = 3, cellsPerStage = 1): NetworkPlan {
  const names: Record<string, string> = {
    n: 'none',
    s: 'skip_connect',
    c: 'conv_1x1',
    k: 'conv_3x3',
    a: 'avg_pool_3x3',
  };
  return planBench201Network(
    [...cell].map((letter) => names[letter]!),
    { channels, cellsPerStage, input, classes: 4 },
  );
}

/** No cell: stem, classifier. */
function stemOnly(channels: number): NetworkPlan {
  const shape = { ...input, channels };
  const stem = [
    { kind: 'conv', kernel: 3, stride: 1, filters: channels },
    { kind: 'batchNorm', affine: true },
  ] as const;
  return { input, classes: 4, stem, cells: [], head: [{ kind: 'relu' }], features: shape };
}

function start(plan: NetworkPlan): Float32Array {
  return layoutOf(plan).initialize(Random.fromSeed(2, 'weights'));
}

function near(actual: number, expected: number, relative = 1e-3): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual}, expected ${expected}`);
}

for (const backend of ['wasm', 'tensorflow'] as const) {
  describe(`zero-cost scores on ${backend}`, () => {
    before(() => loadBackend(backend));
    after(() => loadBackend('wasm'));
    const plan = planOf('kscakc');
    const weights = start(plan);
    const batch = randomBatch(plan, 6, Random.fromSeed(3, 'images'));

    it('synflow is layers × R for a chain of layers', async () => {
      // Without BN and with |w|, R is linear in the weights of a layer that all flows through: Σ w·∂R/∂w over it is R.
      const chain = stemOnly(3);
      const w = start(chain);
      const score = await zeroCostProxies.synflow(chain, w);
      near(score, Math.log(2 * flowOfStem(chain, w)), 1e-5);
    });

    it('synflow does not leave the range of numbers where R does', async () => {
      const deep = planOf('kkkkkk', 16, 5);
      const score = await zeroCostProxies.synflow(deep, start(deep));
      // All that flows goes through the stem, so that its weights times c multiply R by c.
      const scaled = start(deep);
      const stem = layoutOf(deep).parameters[0]!;
      for (let i = 0; i < stem.size; i++) scaled[stem.offset + i]! *= 1e10;
      near((await zeroCostProxies.synflow(deep, scaled)) - score, Math.log(1e10), 1e-4);
      // 3.4e38 is the largest 32-bit number.
      assert.ok(score + Math.log(1e10) > Math.log(3.4e38), String(score));
    });

    it('synflow refuses a network that is not connected', async () => {
      const cut = planOf('nnnnnn');
      await assert.rejects(
        zeroCostProxies.synflow(cut, start(cut)),
        (error: UserError) => error.code === 'no-score' && /no path/.test(error.message),
      );
    });

    it('snip and the gradient norm follow from the gradient of the loss', async () => {
      const small = stemOnly(2);
      const w = start(small);
      const gradient = await differences(small, w, batch);
      const kernels = layoutOf(small).parameters.filter(
        ({ shape }) => shape.length === 4 || shape.length === 2,
      );
      let snip = 0;
      let norm = 0;
      for (const { offset, size } of kernels) {
        let squares = 0;
        for (let i = offset; i < offset + size; i++) {
          snip += Math.abs(w[i]! * gradient[i]!);
          squares += gradient[i]! ** 2;
        }
        norm += Math.sqrt(squares);
      }
      near(await zeroCostProxies.snip(small, w, batch), snip, 0.02);
      near(await zeroCostProxies.grad_norm(small, w, batch), norm, 0.02);
    });

    it('NASWOT counts the ReLUs on which images agree', async () => {
      const small = stemOnly(2);
      const w = start(small);
      const three = randomBatch(small, 3, Random.fromSeed(4, 'images'));
      const codes = stemCodes(small, w, three);
      const kernel = codes.map((a) =>
        codes.map((b) => a.reduce((sum, on, i) => sum + (on === b[i] ? 1 : 0), 0)),
      );
      const [[a, b, c], [d, e, f], [g, h, i]] = kernel as [
        [number, number, number],
        [number, number, number],
        [number, number, number],
      ];
      const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
      near(await zeroCostProxies.naswot(small, w, three), Math.log(Math.abs(determinant)), 1e-6);
    });

    it('NASWOT refuses images that are alike', async () => {
      const { images, shape } = batch;
      const size = images.length / shape[0];
      const alike = Float32Array.from(images, (_, i) => images[i % size]!);
      await assert.rejects(
        zeroCostProxies.naswot(plan, weights, { ...batch, images: alike }),
        (error: UserError) => error.code === 'no-score',
      );
    });

    it('jacov is −n·(ln(1 + k) + 1/(1 + k)) at most, and far lower for images that are nearly alike', async () => {
      const k = 1e-5;
      const highest = -6 * (Math.log(1 + k) + 1 / (1 + k));
      const apart = await zeroCostProxies.jacov(plan, weights, batch);
      assert.ok(apart <= highest, `${apart} above ${highest}`);
      const { images, shape } = batch;
      const size = images.length / shape[0];
      const close = images.map((value, i) => images[i % size]! + 1e-3 * value);
      assert.ok((await zeroCostProxies.jacov(plan, weights, { ...batch, images: close })) < apart - 100);
    });

    it('are the same again', async () => {
      for (const [name, proxy] of Object.entries(zeroCostProxies)) {
        const first = await proxy(plan, weights, batch);
        assert.ok(Number.isFinite(first), name);
        assert.equal(await proxy(plan, weights, batch), first, name);
      }
    });
  });
}

/** Σ logits for an image of ones with |w|, without BN and bias: three channels over every pixel, worked with loops. */
function flowOfStem({ classes }: NetworkPlan, w: Float32Array): number {
  const [kernel, , , classifier] = layoutOf(stemOnly(3)).parameters;
  const { height, width, channels } = input;
  const features = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let dy = 0; dy < 3; dy++) {
        for (let dx = 0; dx < 3; dx++) {
          const inside = y + dy >= 1 && y + dy <= height && x + dx >= 1 && x + dx <= width;
          for (let c = 0; inside && c < channels; c++) {
            for (let f = 0; f < 3; f++) {
              features[f]! += Math.abs(w[kernel!.offset + ((dy * 3 + dx) * channels + c) * 3 + f]!);
            }
          }
        }
      }
    }
  }
  let sum = 0;
  for (let f = 0; f < 3; f++) {
    for (let k = 0; k < classes; k++) {
      sum += (features[f]! / (height * width)) * Math.abs(w[classifier!.offset + f * classes + k]!);
    }
  }
  return sum;
}

/** [image]: whether each value of the stem is above its channel's mean, which BN moves to 0. */
function stemCodes(plan: NetworkPlan, w: Float32Array, { images, shape }: ArrayBatch): boolean[][] {
  const [kernel] = layoutOf(plan).parameters;
  const [count, height, width, channels] = shape;
  const filters = plan.features.channels;
  const values: number[][] = [];
  for (let image = 0; image < count; image++) {
    const own: number[] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let f = 0; f < filters; f++) {
          let sum = 0;
          for (let dy = 0; dy < 3; dy++) {
            for (let dx = 0; dx < 3; dx++) {
              const [row, column] = [y + dy - 1, x + dx - 1];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              for (let c = 0; c < channels; c++) {
                sum +=
                  images[((image * height + row) * width + column) * channels + c]! *
                  w[kernel!.offset + ((dy * 3 + dx) * channels + c) * filters + f]!;
              }
            }
          }
          own.push(sum);
        }
      }
    }
    values.push(own);
  }
  const means = Array.from({ length: filters }, (_, f) => {
    const ofChannel = values.flatMap((own) => own.filter((_, i) => i % filters === f));
    return ofChannel.reduce((sum, value) => sum + value, 0) / ofChannel.length;
  });
  return values.map((own) => own.map((value, i) => value > means[i % filters]!));
}

/** ∂L/∂w by central differences of the loss of a training step. */
async function differences(
  plan: NetworkPlan,
  weights: Float32Array,
  batch: ArrayBatch,
): Promise<Float64Array> {
  const network = new FoundNetwork(new ReferenceNetwork(plan));
  const h = 1e-2;
  const gradient = new Float64Array(weights.length);
  const kernels = layoutOf(plan).parameters.filter(({ shape }) => shape.length !== 1);
  for (const { offset, size } of kernels) {
    for (let i = offset; i < offset + size; i++) {
      const [up, down] = [weights.slice(), weights.slice()];
      up[i]! += h;
      down[i]! -= h;
      const above = await network.differentiate(batch, up);
      const below = await network.differentiate(batch, down);
      gradient[i] = (above.loss - below.loss) / (up[i]! - down[i]!);
    }
  }
  return gradient;
}
