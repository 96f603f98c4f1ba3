/** Generated code with trained weights against the engine: in this process on wasm, and as a part of a job. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadBackend } from '../../../src/backend/load';
import { typescript } from '../../../src/generate/typescript';
import type { TrainedNetwork } from '../../../src/network/trainableNetwork';
import { Comparison } from '../../../src/proof/comparison';
import { GeneratedNetwork } from '../../../src/proof/generatedNetwork';
import { encodeWeights } from '../../../src/weights/file';
import { GeneratedCodeProof } from '../../../src/proof/process';
import type { RunEventBody } from '../../../src/protocol/events';
import { describeEvent } from '../../../src/protocol/eventText';
import { proofHolds, type ComparedProof, type Proof } from '../../../src/protocol/proof';
import { proofProcess } from '../../support/proof';
import { changed, files, train, type TrainedCase } from './trained';

describe('proof of generated code', function () {
  before(() => loadBackend('wasm'));

  async function compare({ file, test }: TrainedCase, trained: TrainedNetwork) {
    const weights = Buffer.concat(encodeWeights(file, trained));
    const network = new GeneratedNetwork(typescript.generate(file), weights);
    const comparison = new Comparison(file.network.classes);
    let at = 0;
    for (const { images, labels, shape } of test) {
      const end = at + shape[0] * file.network.classes;
      comparison.add(labels, trained.logits.subarray(at, end), await network.predict(images, shape));
      at = end;
    }
    return comparison.result({ engine: 'wasm', version: '' });
  }

  for (const [space, file] of Object.entries(files)) {
    it(`finds every prediction of a trained network of ${space} equal, and not with a weight changed`, async () => {
      const each = await train(file);
      const equal = await compare(each, each.trained);
      assert.deepEqual([equal.images, equal.differing, equal.nearTies], [40, 0, 0]);
      assert.ok(equal.deviation < 1e-5, `${equal.deviation}`);
      assert.equal(equal.right, equal.engineRight);
      assert.ok((await compare(each, changed(each.trained, each.file.network.classes))).differing > 0);
    });
  }

  /** Runs the proof to its end. @returns its only event */
  async function prove(
    { file, test }: TrainedCase,
    trained: TrainedNetwork,
    script = proofProcess.script,
  ): Promise<Extract<RunEventBody, { type: 'proof' }>> {
    const events: RunEventBody[] = [];
    const proof = new GeneratedCodeProof({
      ...{ file, trained, testBatches: () => test, testImages: 40, batchSize: 24 },
      process: { script, threads: 1 },
    });
    try {
      while (!proof.done) {
        await proof.advance({ emit: (event) => events.push(event), interrupted: () => false });
      }
    } finally {
      proof.dispose();
    }
    assert.equal(events.length, 1);
    const [event] = events;
    assert.ok(event?.type === 'proof');
    return event;
  }

  const textOf = (proof: Proof): string =>
    describeEvent({ seq: 0, time: 0, type: 'proof', proof }) ?? 'no text';

  describe('in a process of its own', () => {
    let each: TrainedCase;
    before(async () => (each = await train(files['cell']!)));

    it('says what ran the code, and that all predictions are equal', async () => {
      const { proof } = await prove(each, each.trained);
      assert.ok(proof.outcome === 'compared');
      assert.deepEqual([proof.images, proof.differing, proof.nearTies], [40, 0, 0]);
      assert.ok(proofHolds(proof));
      const right = `${proof.engineRight} of 40 right, all predictions equal`;
      assert.match(textOf(proof), new RegExp(`^Checked in TensorFlow[^:]* [0-9.]+[^:]*: ${right}$`));
    });

    it('is loud about a weight that was changed between the engine and the code', async () => {
      const { proof } = await prove(each, changed(each.trained, each.file.network.classes));
      assert.ok(proof.outcome === 'compared' && proof.differing > 0);
      assert.equal(proofHolds(proof), false);
      assert.match(
        textOf(proof),
        /^The generated code is NOT the network .* \d+ predictions? differs?.* Trust neither the code nor the accuracy/,
      );
    });

    it('is loud about weights that the code does not take', async () => {
      const { proof } = await prove({ ...each, file: files['chain']! }, each.trained);
      assert.equal(proof.outcome, 'broken');
      assert.match(textOf(proof), /does NOT run with the trained weights: .*Trust neither/);
    });

    it('knows nothing where the process dies, and says with which words', async () => {
      const { proof } = await prove(each, each.trained, join(__dirname, 'diesAtOnce.cjs'));
      assert.deepEqual(proof, {
        outcome: 'unchecked',
        message: 'its process ended (SIGKILL): the library crashed',
      });
      assert.equal(proofHolds(proof), undefined);
    });

    it('gives way at once to somebody who stops, and goes on where it was', async () => {
      const events: RunEventBody[] = [];
      const proof = new GeneratedCodeProof({
        ...{ file: each.file, trained: each.trained, testBatches: () => each.test, testImages: 40 },
        ...{ batchSize: 24, process: { ...proofProcess, threads: 1 } },
      });
      try {
        const emit = (event: RunEventBody): void => void events.push(event);
        await proof.advance({ emit, interrupted: () => true });
        assert.deepEqual([proof.done, proof.progress.step], [false, 0]);
        while (!proof.done) await proof.advance({ emit, interrupted: () => false });
        assert.deepEqual([events.length, proof.progress.step], [1, 2]);
      } finally {
        proof.dispose();
      }
    });
  });

  it('is not taken up again with a network that is not whole', async () => {
    const each = await train(files['chain']!);
    const { weights, statistics, logits } = each.trained;
    const arrays = { weights, statistics, logits };
    const proof = new GeneratedCodeProof({
      ...{ file: each.file, trained: undefined, testBatches: () => each.test, testImages: 40 },
      ...{ batchSize: 24, process: { ...proofProcess, threads: 1 } },
    });
    for (const name of ['weights', 'statistics', 'logits'] as const) {
      const cut = { ...arrays, [name]: arrays[name].subarray(1) };
      const wanted = { code: 'checkpoint-damaged', message: new RegExp(`array of ${name} .* instead of`) };
      assert.throws(() => proof.restore({ meta: {}, arrays: cut }), wanted);
    }
    proof.restore({ meta: {}, arrays });
  });

  it('states near-ties with their margin', () => {
    const counts = { images: 10_000, right: 9_664, engineRight: 9_665, differing: 0, nearTies: 2 };
    const proof: ComparedProof = {
      ...{ outcome: 'compared', engine: 'tensorflow', version: '2.21.0', ...counts },
      ...{ margin: 1e-4, deviation: 2e-6 },
    };
    const text = 'Checked in TensorFlow 2.21.0: 9,664 of 10,000 right, all predictions equal but';
    assert.equal(textOf(proof), `${text} 2 within 0.0001 of a tie`);
    assert.ok(proofHolds(proof));
  });
});
