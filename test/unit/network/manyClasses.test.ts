/** More classes than a byte can tell apart: labels from the batch to the loss and its gradient, on both engines. */
import assert from 'node:assert/strict';
import { loadBackend } from '../../../src/backend/load';
import { FusedNetwork } from '../../../src/network/fused/fusedNetwork';
import { ReferenceNetwork } from '../../../src/network/reference/referenceNetwork';
import { layoutOf } from '../../../src/network/structure';
import { Random } from '../../../src/random';
import { planBench201Network } from '../../../src/space/bench201/plan';
import { randomBatch, relativeError } from '../../support/supernets';

const classes = 300;
const plan = planBench201Network(['conv_1x1', 'skip_connect', 'none', 'none', 'conv_1x1', 'skip_connect'], {
  channels: 4,
  cellsPerStage: 1,
  input: { height: 8, width: 8, channels: 1 },
  classes,
});
/** 256 and 299 would be 0 and 43 in a byte. */
const labels = Uint16Array.of(0, 1, 43, 255, 256, 257, 299);
const random = Random.fromSeed(11, 'many classes');
const batch = { ...randomBatch(plan, labels.length, random), labels };
const weights = layoutOf(plan).initialize(random);

/** Mean of −log softmax(logits)[label] over the images, as the formula says. */
function crossEntropyOf(logits: Float32Array): number {
  const losses = Array.from(labels, (label, image) => {
    const own = Array.from(logits.subarray(image * classes, (image + 1) * classes));
    return Math.log(own.reduce((sum, logit) => sum + Math.exp(logit), 0)) - own[label]!;
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** How many images have their largest logit at their label. */
function hitsOf(logits: Float32Array): number {
  return Array.from(labels).filter((label, image) => {
    const own = logits.subarray(image * classes, (image + 1) * classes);
    return own.every((logit, k) => k === label || logit < own[label]!);
  }).length;
}

describe('a network of 300 classes', () => {
  before(() => loadBackend('wasm'));

  for (const [name, make] of [
    ['fused engine', () => new FusedNetwork(plan, 2)],
    ['reference', () => new ReferenceNetwork(plan)],
  ] as const) {
    it(`has the loss that the formula gives for its logits, on the ${name}`, async () => {
      const network = make();
      try {
        const statistics = await network.measure(batch, weights);
        const { loss, correct, logits } = await network.evaluate(batch, weights, statistics);
        assert.equal(logits.length, labels.length * classes);
        assert.ok(Math.abs(loss / crossEntropyOf(logits) - 1) < 1e-5, `${loss} ≠ ${crossEntropyOf(logits)}`);
        assert.equal(correct, hitsOf(logits));
      } finally {
        network.dispose();
      }
    });
  }

  it('has the same loss and gradient on both engines', async () => {
    const expected = await new ReferenceNetwork(plan).differentiate(batch, weights);
    const network = new FusedNetwork(plan, 2);
    try {
      const actual = await network.differentiate(batch, weights);
      assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-5, `${actual.loss} ≠ ${expected.loss}`);
      assert.ok(relativeError(actual.weights, expected.weights) < 1e-4);
    } finally {
      network.dispose();
    }
  });

  it('learns labels beyond 255: its hits are all images once it is trained on them', async () => {
    const network = new FusedNetwork(plan, 2);
    try {
      const trained = weights.slice();
      for (let step = 0; step < 200; step++) {
        const { weights: gradient } = await network.differentiate(batch, trained);
        gradient.forEach((slope, i) => (trained[i]! -= 0.5 * slope));
      }
      const { correct, logits } = await network.evaluate(
        batch,
        trained,
        await network.measure(batch, trained),
      );
      assert.deepEqual([correct, hitsOf(logits)], [labels.length, labels.length]);
    } finally {
      network.dispose();
    }
  });
});
