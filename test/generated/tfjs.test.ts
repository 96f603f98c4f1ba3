/** Graph models of TensorFlow.js: `loadGraphModel` alone takes them, and computes what this project's own network does. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { encodeGraphModel } from '../../src/export/tfjs';
import type { GraphOptions } from '../../src/export/graphWriter';
import { loadGraphModel } from '../support/graphModel';
import { makeCases, registerUnusual, type Case } from './cases';
import { difference } from './difference';

function load(each: Case, options?: GraphOptions): Promise<tf.GraphModel> {
  const encoded = encodeGraphModel(each.file, each.trained, options);
  const { weightsManifest } = JSON.parse(encoded.model) as tf.io.ModelJSON;
  assert.deepEqual(
    weightsManifest.flatMap(({ paths }) => paths),
    encoded.beside.map(({ name }) => name),
  );
  return loadGraphModel(encoded);
}

function logitsOf(model: tf.GraphModel, { shape, values }: Case['images']): number[][] {
  return tf.tidy(() => (model.predict(tf.tensor(values, [...shape])) as tf.Tensor2D).arraySync());
}

describe('trained networks in TensorFlow.js', () => {
  let unregister = (): void => undefined;
  let cases: readonly Case[] = [];

  before(async () => {
    unregister = registerUnusual();
    cases = await makeCases();
    const folder = require.resolve('@tensorflow/tfjs-backend-wasm/package.json');
    setWasmPaths(folder.replace('package.json', 'dist/'));
  });
  after(async () => {
    unregister();
    await tf.setBackend('tensorflow');
  });

  for (const backend of ['tensorflow', 'wasm']) {
    it(`compute the logits of this project’s own network on ${backend}, of every space and operation`, async () => {
      await tf.setBackend(backend);
      for (const each of cases) {
        const model = await load(each);
        const error = difference(logitsOf(model, each.images), each.logits);
        assert.ok(error < 1e-4, `${each.title}: ${error}`);
        model.dispose();
      }
    });
  }

  it('take pixels and give probabilities where that is asked for, and say what they are', async () => {
    const each = cases.find(({ title }) => title.startsWith('DARTS V2, 12'))!;
    const normalization = { mean: [0.1, 0.2, 0.3], deviation: [0.5, 0.25, 2] };
    const classNames = ['a', 'b', 'c', 'd', 'e'];
    const file = { ...each.file, normalization, classNames };
    const pixels = each.images.values.map(
      (value, i) => 255 * (value * normalization.deviation[i % 3]! + normalization.mean[i % 3]!),
    );
    const model = await load({ ...each, file }, { rawPixels: true, softmax: true });
    const expected = tf.tidy(() => tf.softmax(tf.tensor2d(each.logits.map((row) => [...row]))).arraySync());
    const found = logitsOf(model, { shape: each.images.shape, values: pixels });
    assert.ok(difference(found, expected) < 1e-4);
    assert.deepEqual([model.inputs[0]!.name, model.outputs[0]!.name], ['pixels', 'probabilities']);
    const { model: text } = encodeGraphModel(file, each.trained, { rawPixels: true, softmax: true });
    const { userDefinedMetadata } = JSON.parse(text) as tf.io.ModelJSON;
    assert.deepEqual(userDefinedMetadata?.['classes'], classNames);
  });
});
