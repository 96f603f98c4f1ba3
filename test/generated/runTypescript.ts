/** What generated TypeScript is asked on TensorFlow.js, in this process, on native TensorFlow. */
import * as tf from '@tensorflow/tfjs';
import type { Case } from './cases';

export function countParameters(model: tf.LayersModel): number {
  return model.trainableWeights.reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]), 0);
}

/** The model after a way to disk and back. */
export async function reload(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return tf.loadLayersModel(tf.io.fromMemory(saved!));
}

/**
 * Losses before and after one step of SGD, and how many kernels did not move. The shift of a BN has no gradient where
 * another BN follows, so vectors do not count.
 */
export async function train(
  model: tf.LayersModel,
  { images, labels, file }: Case,
  rate: number,
): Promise<{ losses: number[]; unmoved: number }> {
  const x = tf.tensor(images.values, [...images.shape]);
  const y = tf.oneHot(tf.tensor1d([...labels], 'int32'), file.network.classes);
  const loss = (truth: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(truth, logits);
  model.compile({ optimizer: tf.train.sgd(rate), loss });
  const kernels = model.trainableWeights.filter(({ shape }) => shape.length > 1);
  const before = kernels.map((weight) => weight.read().dataSync().slice());
  const options = { epochs: 1, batchSize: labels.length, shuffle: false, verbose: 0 } as const;
  const first = await model.fit(x, y, options);
  const after = kernels.map((weight) => weight.read().dataSync());
  const unmoved = before.filter((values, i) => values.every((value, k) => value === after[i]![k])).length;
  const second = tf.tidy(() => loss(y, model.apply(x, { training: true }) as tf.Tensor).dataSync()[0]!);
  tf.dispose([x, y]);
  return { losses: [first.history['loss']![0] as number, second], unmoved };
}
