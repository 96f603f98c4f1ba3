import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/backend/load';
import { createFoundNetwork } from '../../../src/network/engines';
import { drawGates } from '../../../src/network/dropPath';
import { FoundNetwork } from '../../../src/network/foundNetwork';
import { ReferenceNetwork } from '../../../src/network/reference/referenceNetwork';
import { layoutOf, structureOf } from '../../../src/network/structure';
import type { TrainableNetwork } from '../../../src/network/trainableNetwork';
import { Random } from '../../../src/random';
import { planFoundNetwork } from '../../../src/space/cell/plan';
import { dartsV2 } from '../../support/genotypes';
import { randomBatch, relativeError, smallSkeleton } from '../../support/supernets';

const plan = planFoundNetwork(dartsV2, smallSkeleton);
const random = Random.fromSeed(2, 'found network');
const weights = layoutOf(plan).initialize(random);
const batch = randomBatch(plan, 6, random);

/** An engine that gives out statistics of two BNs, those of one call after the other. */
function scripted(...statistics: number[][]): TrainableNetwork & { seen: number[] } {
  const score = { loss: 0, correct: 0, predicted: new Uint16Array(0) };
  return {
    plan,
    layout: layoutOf(plan),
    size: layoutOf(plan).size,
    batchNorms: [1, 2],
    seen: [],
    differentiate: () => Promise.resolve({ ...score, weights: new Float32Array(0) }),
    measure: () => Promise.resolve(Float32Array.from(statistics.shift()!)),
    evaluate(_, __, given) {
      this.seen = [...given];
      return Promise.resolve({ ...score, logits: new Float32Array(0) });
    },
    dispose: () => undefined,
  };
}

/** Height times width of what each BN sees. */
function normPixels(): number[] {
  const { stem, cells, head } = structureOf(plan);
  const edges = cells.map(({ preprocess, nodes }) => [
    ...preprocess.flat(),
    ...nodes.flat().flatMap(({ candidates }) => candidates[0]!.layers),
  ]);
  return [...stem, ...edges.flat(), ...head]
    .filter(({ batchNorm }) => batchNorm !== undefined)
    .map(({ input }) => input.height * input.width);
}

describe('found network', () => {
  it('evaluates with the statistics of the batch where it has measured one', async () => {
    const engine = scripted([1, 2, 3, 4, 5, 6]);
    const network = new FoundNetwork(engine);
    await network.evaluate(batch, weights);
    assert.deepEqual(engine.seen, [0, 0, 0, 1, 1, 1]);
    assert.equal(await network.measure([batch], weights), true);
    await network.evaluate(batch, weights);
    assert.deepEqual(engine.seen, [1, 2, 3, 4, 5, 6]);
  });

  it('evaluates with those of all batches together where it has measured several', async () => {
    const engine = scripted([1, 2, 3, 4, 5, 6], [3, 2, -3, 6, 5, 0], [2, 2, 0, 5, 5, 3]);
    const network = new FoundNetwork(engine);
    await network.measure([batch, batch, batch], weights);
    await network.evaluate(batch, weights);
    // Means 2, 2, 0; variances: the mean one, and that of the means, which is 2/3, 0 and 6.
    const expected = [2, 2, 0, 5 + 2 / 3, 5, 3 + 6];
    expected.forEach((value, i) => assert.ok(Math.abs(engine.seen[i]! - value) < 1e-6, engine.seen.join()));
  });

  it('keeps the statistics it had when it is interrupted while measuring', async () => {
    const engine = scripted([1, 2, 3, 4, 5, 6], [9, 9, 9, 9, 9, 9]);
    const network = new FoundNetwork(engine);
    await network.measure([batch], weights);
    let asked = 0;
    assert.equal(await network.measure([batch, batch], weights, () => ++asked === 2), false);
    assert.deepEqual([...network.statistics()], [1, 2, 3, 4, 5, 6]);
  });

  it('restores statistics to the bit, and refuses those of another network', async () => {
    const network = new FoundNetwork(scripted([0.1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1]));
    await network.measure([batch], weights);
    const saved = network.statistics();
    await network.measure([batch], weights);
    assert.notDeepEqual(network.statistics(), saved);
    network.restoreStatistics({ statistics: saved });
    assert.deepEqual(network.statistics(), saved);
    const refusal = { code: 'checkpoint-damaged', message: /statistics .* it has 4 numbers instead of 6/ };
    assert.throws(() => network.restoreStatistics({ statistics: new Float32Array(4) }), refusal);
  });

  describe('on wasm', () => {
    before(() => loadBackend('wasm'));

    it('has the w gradient that finite differences give along the gradient, with gates', async () => {
      const network = new ReferenceNetwork(plan);
      const gates = drawGates(plan, 6, 0.4, Random.fromSeed(4));
      const { weights: gradient, loss } = await network.differentiate(batch, weights, gates);
      const norm = Math.hypot(...gradient);
      const at = async (t: number): Promise<number> => {
        const moved = weights.map((value, i) => value + (t * gradient[i]!) / norm);
        return (await network.differentiate(batch, moved, gates)).loss;
      };
      const errors: number[] = [];
      for (const h of [1e-3, 2e-4, 1e-4]) {
        errors.push(Math.abs(((await at(h)) - (await at(-h))) / (2 * h) / norm - 1));
      }
      assert.ok(Math.min(...errors) < 3e-3, errors.join());
      assert.notEqual(loss, (await network.differentiate(batch, weights)).loss);
    });

    it('evaluates as it trains when the statistics are those of the batch', async () => {
      const network = new ReferenceNetwork(plan);
      const { loss } = await network.differentiate(batch, weights);
      const statistics = await network.measure(batch, weights);
      // From unbiased to what the batch was normalized with: (n − 1)/n, n being values a channel.
      const half = statistics.length / 2;
      const biased = statistics.slice();
      const pixels = normPixels();
      let at = half;
      network.batchNorms.forEach((channels, i) => {
        const count = 6 * pixels[i]!;
        for (let c = 0; c < channels; c++) biased[at++]! *= (count - 1) / count;
      });
      const evaluated = await network.evaluate(batch, weights, biased);
      assert.ok(Math.abs(evaluated.loss / loss - 1) < 1e-4, `${evaluated.loss} ≠ ${loss}`);
      const classOf = (image: number): number => {
        const logits = [...evaluated.logits.subarray(image * plan.classes, (image + 1) * plan.classes)];
        return logits.indexOf(Math.max(...logits));
      };
      const right = Array.from(batch.labels).filter((label, image) => classOf(image) === label);
      assert.equal(evaluated.correct, right.length);
    });

    it('keeps no tensor from step to step, and gives the statistics of native TensorFlow', async () => {
      const { numTensors } = tf.memory();
      const network = createFoundNetwork(plan, { engine: 'reference', threads: 1 });
      await network.differentiate(batch, weights, drawGates(plan, 6, 0.4, Random.fromSeed(4)));
      await network.measure([batch], weights);
      await network.evaluate(batch, weights);
      assert.equal(tf.memory().numTensors, numTensors);
      const wasm = network.statistics();
      network.dispose();
      await loadBackend('tensorflow');
      try {
        const native = createFoundNetwork(plan, { engine: 'reference', threads: 1 });
        await native.measure([batch], weights);
        assert.ok(relativeError(wasm, native.statistics()) < 1e-5);
      } finally {
        await loadBackend('wasm');
      }
    });
  });
});

describe('drop-path', () => {
  it('draws nothing at probability 0', () => {
    const stream = Random.fromSeed(1);
    const before = stream.state();
    assert.equal(drawGates(plan, 8, 0, stream), undefined);
    assert.deepEqual(stream.state(), before);
  });

  it('spares identities, and scales what stays so that the mean is kept', () => {
    const gates = drawGates(plan, 2000, 0.25, Random.fromSeed(1))!;
    plan.cells.forEach(({ nodes }, cell) =>
      nodes.flat().forEach(({ candidates, stride }, edge) => {
        const gate = gates[cell]![edge];
        const identity = candidates[0]!.operation === 'skip_connect' && stride === 1;
        assert.equal(gate === undefined, identity);
        if (!gate) return;
        assert.deepEqual(new Set(gate), new Set([0, Math.fround(4 / 3)]));
        const mean = gate.reduce((sum, value) => sum + value, 0) / gate.length;
        assert.ok(Math.abs(mean - 1) < 0.06, `${mean}`);
      }),
    );
  });
});
