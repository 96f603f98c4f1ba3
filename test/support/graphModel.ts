/** Graph models of TensorFlow.js from memory, as a browser gets them: the JSON, and the files of weights in its order. */
import * as tf from '@tensorflow/tfjs';
import type { encodeGraphModel } from '../../src/export/tfjs';

export function loadGraphModel({
  model,
  beside,
}: ReturnType<typeof encodeGraphModel>): Promise<tf.GraphModel> {
  const { modelTopology, weightsManifest, ...more } = JSON.parse(model) as tf.io.ModelJSON;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weightData = new Uint8Array(Buffer.concat(beside.flatMap(({ pieces }) => pieces))).buffer;
  return tf.loadGraphModel(tf.io.fromMemory({ ...more, modelTopology, weightSpecs, weightData }));
}
