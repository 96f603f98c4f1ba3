import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/backend/load';
import { flattenMixtures, pathMixtures, unflattenMixtures } from '../../../src/network/mixture';
import { ReferenceSupernet } from '../../../src/network/reference/referenceSupernet';
import { layoutOf } from '../../../src/network/structure';
import { Random } from '../../../src/random';
import type { NetworkPlan } from '../../../src/space/plan';
import { CellSearchSpace } from '../../../src/space/cell/space';
import {
  bench201Fixture,
  partialFixture,
  randomBatch,
  relativeError,
  smallFixture,
  smallSkeleton,
  smallSpace,
  type Fixture,
} from '../../support/supernets';

const forms = {
  full: smallFixture,
  'partial channels': partialFixture,
  'NAS-Bench-201': bench201Fixture,
} as const;

interface Step {
  readonly loss: number;
  readonly weights: Float32Array;
  /** Flat. */
  readonly mixtures: number[];
}

async function step({ plan, batch, weights, mixtures }: Fixture): Promise<Step> {
  const result = await new ReferenceSupernet(plan).differentiate(batch, weights, mixtures, 'both');
  return { loss: result.loss, weights: result.weights!, mixtures: flattenMixtures(result.mixtures!) };
}

async function lossAt({ plan, batch }: Fixture, weights: Float32Array, mixtures: Fixture['mixtures']) {
  const { loss } = await new ReferenceSupernet(plan).evaluate(batch, weights, mixtures);
  return loss;
}

/**
 * How far the derivative along a direction is from what central differences of fourth order give. Large steps cross kinks
 * of ReLU and max pools, small ones drown in rounding: the best of a few counts.
 */
async function slopeError(f: (t: number) => Promise<number>, expected: number): Promise<number> {
  const errors: number[] = [];
  for (const h of [1e-3, 2e-4, 1e-4, 5e-5]) {
    const near = (await f(h)) - (await f(-h));
    const far = (await f(2 * h)) - (await f(-2 * h));
    errors.push(Math.abs((8 * near - far) / (12 * h) - expected));
  }
  return Math.min(...errors);
}

/** Large logits make the slope large beside the rounding of a float32 loss. */
function steep(fixture: Fixture): Fixture {
  const classifier = layoutOf(fixture.plan).parameters.find(({ name }) => name === 'classifier.weight')!;
  const weights = fixture.weights.map((value, i) =>
    i >= classifier.offset && i < classifier.offset + classifier.size ? 10 * value : value,
  );
  return { ...fixture, weights };
}

describe('reference supernet', () => {
  describe('against finite differences, on wasm', () => {
    before(() => loadBackend('wasm'));

    for (const [form, fixtureOf] of Object.entries(forms)) {
      it(`${form}: has the gradient of the mixture that finite differences give`, async () => {
        const fixture = steep(fixtureOf(8));
        const { mixtures: gradient } = await step(fixture);
        const start = flattenMixtures(fixture.mixtures);
        const norm = Math.hypot(...gradient);
        const random = Random.fromSeed(1, 'directions');
        const unit = (values: number[]): number[] => values.map((value) => value / Math.hypot(...values));
        const directions = [gradient, ...[1, 2, 3].map(() => gradient.map(() => random.normal()))].map(unit);
        for (const direction of directions) {
          const along = (t: number) => {
            const moved = start.map((value, i) => value + t * direction[i]!);
            return lossAt(fixture, fixture.weights, unflattenMixtures(moved, fixture.mixtures));
          };
          const exact = direction.reduce((sum, d, i) => sum + d * gradient[i]!, 0);
          const error = (await slopeError(along, exact)) / norm;
          assert.ok(error < 2e-3, `slope ${exact} is off by ${error} of the norm`);
        }
      });

      it(`${form}: has the w gradient that finite differences give along the gradient`, async () => {
        const fixture = steep(fixtureOf(8));
        const { weights: gradient } = await step(fixture);
        const norm = Math.hypot(...gradient);
        const along = (t: number) =>
          lossAt(
            fixture,
            fixture.weights.map((value, i) => value + (t * gradient[i]!) / norm),
            fixture.mixtures,
          );
        const error = (await slopeError(along, norm)) / norm;
        assert.ok(error < 2e-3, `the norm ${norm} is off by ${error} of itself`);
      });
    }
  });

  for (const [form, fixtureOf] of Object.entries(forms)) {
    it(`${form}: gives the same step on native TensorFlow, wasm and cpu`, async () => {
      const results = [];
      for (const backend of ['cpu', 'wasm', 'tensorflow'] as const) {
        await loadBackend(backend);
        results.push({ backend, ...(await step(fixtureOf())) });
      }
      const [expected, ...others] = results;
      for (const { backend, loss, weights, mixtures } of others) {
        assert.ok(
          Math.abs(loss / expected!.loss - 1) < 1e-3,
          `${backend}: loss ${loss}, cpu ${expected!.loss}`,
        );
        const w = relativeError(weights, expected!.weights);
        const m = relativeError(mixtures, expected!.mixtures);
        assert.ok(w < 1e-2 && m < 1e-2, `${backend}: ∇w differs by ${w}, that of the mixture by ${m}`);
      }
    });
  }

  describe('on wasm', () => {
    before(() => loadBackend('wasm'));

    for (const [form, fixtureOf] of Object.entries(forms)) {
      it(`${form}: gives each gradient alone as it gives both, and keeps no tensor`, async () => {
        const { plan, batch, weights, mixtures } = fixtureOf();
        const { numTensors } = tf.memory();
        const supernet = new ReferenceSupernet(plan);
        const both = await supernet.differentiate(batch, weights, mixtures, 'both');
        const w = await supernet.differentiate(batch, weights, mixtures, 'weights');
        const m = await supernet.differentiate(batch, weights, mixtures, 'mixtures');
        const { loss, correct } = await supernet.evaluate(batch, weights, mixtures);
        assert.deepEqual([w.mixtures, m.weights], [undefined, undefined]);
        assert.deepEqual(w.weights, both.weights);
        assert.deepEqual(m.mixtures, both.mixtures);
        assert.deepEqual([loss, correct], [both.loss, both.correct]);
        assert.equal(tf.memory().numTensors, numTensors);
        supernet.dispose();
      });
    }

    it('a path: unchosen candidates get no gradient, and chosen ones that of the path', async () => {
      const fixture = smallFixture();
      const { plan, batch, weights } = fixture;
      const skip = smallSpace.operations.indexOf('skip_connect');
      const separable = smallSpace.operations.indexOf('sep_conv_3x3');
      const choices = {
        normal: [0, skip, separable, skip, 1],
        reduction: [separable, 1, skip, 0, separable],
      };
      const path = pathMixtures(choices, smallSpace.operations.length);
      const supernet = new ReferenceSupernet(plan);
      const { weights: gradient, mixtures } = await supernet.differentiate(batch, weights, path, 'both');
      mixtures!.normal.operations.forEach((row, edge) =>
        row.forEach((value, o) => {
          const counts = o === choices.normal[edge] && smallSpace.operations[o] !== 'none';
          assert.equal(value !== 0, counts, `edge ${edge}, operation ${o}: ${value}`);
        }),
      );
      for (const { name, offset, size } of supernet.layout.parameters) {
        const zero = gradient!.subarray(offset, offset + size).every((value) => value === 0);
        if (/sep_conv_5x5|dil_conv/.test(name)) assert.ok(zero, name);
        if (/classifier|cells\.1\.node2\.from0\.sep_conv_3x3/.test(name)) assert.ok(!zero, name);
      }
    });

    it('a path without the last nodes: the loss of the network that lacks them', async () => {
      const space = new CellSearchSpace({ ...smallSpace, ...smallSkeleton, nodes: 4, minNodes: 2 });
      const few = new CellSearchSpace({ ...smallSpace, ...smallSkeleton });
      const random = Random.fromSeed(6, 'few nodes');
      const genotype = few.sample(random);
      const pathOf = ({ supernet }: CellSearchSpace): Fixture['mixtures'] => {
        const { normal, reduction } = supernet.path(genotype);
        return { normal: { operations: normal }, reduction: { operations: reduction } };
      };
      const [plan, smallPlan] = [space, few].map(({ supernet }) => supernet.plan(smallSkeleton));
      const [layout, smallLayout] = [layoutOf(plan!), layoutOf(smallPlan!)];
      const weights = layout.initialize(random);
      const smaller = new Float32Array(smallLayout.size);
      for (const { name, offset, size } of smallLayout.parameters) {
        // Where a cell’s output is read, the weights of the nodes that are not there come last.
        const large = layout.parameters.find((each) => each.name === name)!;
        smaller.set(weights.subarray(large.offset, large.offset + size), offset);
      }
      const batch = randomBatch(plan!, 4, random);
      const { loss } = await new ReferenceSupernet(plan!).evaluate(batch, weights, pathOf(space));
      const expected = await new ReferenceSupernet(smallPlan!).evaluate(batch, smaller, pathOf(few));
      assert.ok(layout.size > smallLayout.size);
      assert.ok(Math.abs(loss / expected.loss - 1) < 1e-5, `${loss} instead of ${expected.loss}`);
    });

    it('a path of nothing: the loss of equal inputs, and no gradient but the classifier’s bias', async () => {
      const { plan, batch, weights } = smallFixture();
      const nothing = pathMixtures(
        { normal: [0, 0, 0, 0, 0], reduction: [0, 0, 0, 0, 0] },
        smallSpace.operations.length,
      );
      const result = await new ReferenceSupernet(plan).differentiate(batch, weights, nothing, 'both');
      assert.ok(flattenMixtures(result.mixtures!).every((value) => value === 0));
      const last = result.weights!.length - plan.classes;
      assert.ok(result.weights!.subarray(0, last).every((value) => value === 0));
      assert.ok(result.weights!.subarray(last).some((value) => value !== 0));
    });

    it('partial channels: computes the weighted concatenation, shuffled, as worked out by hand', async () => {
      // One node of 4 channels, K = 2: the first two through two identities, the others through the pool.
      const shape = { height: 4, width: 4, channels: 4 };
      const output = { height: 2, width: 2, channels: 4 };
      const pool = { kind: 'maxPool', kernel: 2, stride: 2 } as const;
      const mean = { kind: 'avgPool', kernel: 2, stride: 2 } as const;
      const edge = {
        from: 0,
        stride: 2,
        candidates: [
          { operation: 'a', layers: [mean] },
          { operation: 'b', layers: [pool] },
        ],
        bypass: [pool],
      } as const;
      const cell = {
        kind: 'normal',
        channels: 4,
        partial: 2,
        inputs: [shape],
        preprocess: [[]],
        entry: shape,
        nodes: [[edge]],
        concat: [1],
        output,
      } as const;
      const plan: NetworkPlan = {
        input: shape,
        classes: 4,
        stem: [],
        cells: [cell],
        head: [],
        features: output,
      };
      const batch = { ...randomBatch(plan, 1, Random.fromSeed(3)), labels: [1] };
      const pooled = (channel: number, combine: (window: number[]) => number): number => {
        let sum = 0;
        for (const y of [0, 2]) {
          for (const x of [0, 2]) {
            const at = (dy: number, dx: number): number =>
              batch.images[((y + dy) * 4 + x + dx) * 4 + channel]!;
            sum += combine([at(0, 0), at(0, 1), at(1, 0), at(1, 1)]) / 4;
          }
        }
        return sum;
      };
      const largest = (window: number[]): number => Math.max(...window);
      const average = (window: number[]): number => window.reduce((a, b) => a + b) / 4;
      const mixed = (c: number): number => 0.3 * pooled(c, average) + 0.5 * pooled(c, largest);
      const passed = (c: number): number => 0.7 * pooled(c, largest);
      // Groups (0, 1) and (2, 3), shuffled: 0, 2, 1, 3. An identity as classifier makes them the logits.
      const logits = [mixed(0), passed(2), mixed(1), passed(3)];
      const weights = Float32Array.from({ length: 20 }, (_, i) => (i < 16 && i % 5 === 0 ? 1 : 0));
      const mixtures = {
        normal: { operations: [[0.3, 0.5]], bypass: [0.7] },
        reduction: { operations: [] },
      };
      const { loss } = await new ReferenceSupernet(plan).evaluate(batch, weights, mixtures);
      const expected = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - logits[1]!;
      assert.ok(Math.abs(loss - expected) < 1e-5, `${loss} ≠ ${expected}`);
    });
  });
});
