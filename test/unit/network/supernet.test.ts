import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/backend/load';
import { ReferenceSupernet } from '../../../src/network/supernet';
import { Random } from '../../../src/random';
import { operationNames } from '../../../src/space/operations';
import { alphaTensors, relativeError, smallFixture, type Fixture } from '../../support/supernets';

/** Loss and all gradients of one batch, read back. */
async function step(fixture: Fixture): Promise<{ loss: number; weights: Float32Array; alphas: number[] }> {
  const batch = fixture.batch();
  const weights = tf.tensor1d(fixture.weights);
  const alphas = alphaTensors(fixture);
  const w = fixture.supernet.differentiate(batch, weights, alphas, 'weights');
  const a = fixture.supernet.differentiate(batch, weights, alphas, 'alphas');
  const normal = await a.alphas!.normal.data();
  const reduction = await a.alphas!.reduction.data();
  const [loss] = await w.loss.data();
  const gradient = new Float32Array(await w.weights!.data());
  tf.dispose([{ ...w }, { ...a, alphas: { ...a.alphas } }, { ...batch }, weights, { ...alphas }]);
  return { loss: loss!, weights: gradient, alphas: [...normal, ...reduction] };
}

/** Loss alone, as a function of weights and α. */
async function lossAt(fixture: Fixture, weights: Float32Array, alphas: Float32Array): Promise<number> {
  const batch = fixture.batch();
  const w = tf.tensor1d(weights);
  const a = alphaTensors(fixture, alphas);
  const { loss, correct } = fixture.supernet.evaluate(batch, w, a);
  const [value] = await loss.data();
  tf.dispose([loss, correct, { ...batch }, w, { ...a }]);
  return value!;
}

/** Derivative along a direction by central differences of fourth order. */
async function slope(f: (t: number) => Promise<number>, h: number): Promise<number> {
  const near = (await f(h)) - (await f(-h));
  const far = (await f(2 * h)) - (await f(-2 * h));
  return (8 * near - far) / (12 * h);
}

function moved(values: Float32Array, direction: (i: number) => number, t: number): Float32Array {
  return values.map((value, i) => value + t * direction(i));
}

describe('supernet', () => {
  it('has the 1,930,618 weights of the published network at C 16, 8 cells', () => {
    const space = { operations: operationNames, nodes: 4, inputsPerNode: 2 };
    const input = { height: 32, width: 32, channels: 3 };
    const net = new ReferenceSupernet(space, {
      cells: 8,
      channels: 16,
      stemMultiplier: 3,
      input,
      classes: 10,
    });
    assert.equal(net.network.layout.size, 1_930_618);
    assert.deepEqual(net.alphaShape, [14, 8]);
  });

  for (const backend of ['cpu', 'wasm'] as const) {
    describe(`on ${backend}`, () => {
      before(() => loadBackend(backend));

      it('has the α gradient that finite differences give, along itself and in random directions', async () => {
        // Large logits make the slope large beside the rounding of a float32 loss.
        const fixture = smallFixture(16);
        const classifier = fixture.supernet.network.layout.parameters.find(
          (p) => p.name === 'classifier.weight',
        )!;
        for (let i = 0; i < classifier.size; i++) fixture.weights[classifier.offset + i]! *= 10;
        const { alphas } = await step(fixture);
        const norm = Math.hypot(...alphas);
        const random = Random.fromSeed(1, 'directions');
        const unit = (values: number[]): number[] => values.map((value) => value / Math.hypot(...values));
        const directions = [alphas, ...[1, 2, 3].map(() => alphas.map(() => random.normal()))].map(unit);
        for (const direction of directions) {
          const along = (t: number) =>
            lossAt(
              fixture,
              fixture.weights,
              moved(fixture.alphas, (i) => direction[i]!, t),
            );
          const exact = direction.reduce((sum, d, i) => sum + d * alphas[i]!, 0);
          // Large steps cross kinks of ReLU and max pools, small ones drown in rounding: the best of a few counts.
          const errors: number[] = [];
          for (const h of [0.004, 0.002, 0.001, 0.0005]) {
            errors.push(Math.abs((await slope(along, h)) - exact) / norm);
          }
          assert.ok(
            Math.min(...errors) < 1e-3,
            `slope ${exact}; errors in parts of the norm: ${errors.join(', ')}`,
          );
        }
      });

      it('has the w gradient that finite differences give along the gradient', async () => {
        const fixture = smallFixture();
        const { weights } = await step(fixture);
        const norm = Math.hypot(...weights);
        const along = (t: number) =>
          lossAt(
            fixture,
            moved(fixture.weights, (i) => weights[i]! / norm, t),
            fixture.alphas,
          );
        const numeric = await slope(along, 0.003);
        assert.ok(Math.abs(numeric / norm - 1) < 5e-3, `slope ${numeric}, norm of the gradient ${norm}`);
      });
    });
  }

  it('gives the same step on native TensorFlow, wasm and cpu', async () => {
    const results = [];
    for (const backend of ['cpu', 'wasm', 'tensorflow'] as const) {
      await loadBackend(backend);
      results.push({ backend, ...(await step(smallFixture())) });
    }
    const [expected, ...others] = results;
    for (const other of others) {
      const { backend, loss, weights, alphas } = other;
      assert.ok(
        Math.abs(loss / expected!.loss - 1) < 1e-3,
        `${backend}: loss ${loss}, cpu ${expected!.loss}`,
      );
      const w = relativeError(weights, expected!.weights);
      const a = relativeError(alphas, expected!.alphas);
      assert.ok(w < 1e-2 && a < 1e-2, `${backend}: ∇w differs by ${w}, ∇α by ${a}`);
    }
  });
});
