/** Runs in a child of load.test.ts: loads the backend that its argument names, trains a little, and prints what came out. */
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/backend/load';
import type { BackendChoice } from '../../../src/backend/names';

async function main(): Promise<void> {
  const backend = await loadBackend(process.argv[2] as BackendChoice, { threads: 1 });
  const product = tf.tidy(() =>
    Array.from(
      tf
        .matMul(
          [
            [1, 2],
            [3, 4],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        )
        .dataSync(),
    ),
  );
  const x = tf.tensor4d(
    Float32Array.from({ length: 2 * 5 * 5 * 2 }, (_, i) => Math.sin(i)),
    [2, 5, 5, 2],
  );
  const filter = tf.variable(
    tf.tensor4d(
      Float32Array.from({ length: 3 * 3 * 2 * 3 }, (_, i) => Math.cos(i)),
      [3, 3, 2, 3],
    ),
  );
  const loss = () => tf.mean<tf.Scalar>(tf.square(tf.relu(tf.conv2d(x, filter, 1, 'same'))));
  const step = () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss);
      return { loss: value.dataSync()[0], gradient: Array.from(Object.values(grads)[0]!.dataSync()) };
    });
  const first = step();
  const tensors = tf.memory().numTensors;
  step();
  const result = {
    backend,
    inUse: tf.getBackend(),
    product,
    ...first,
    leaked: tf.memory().numTensors - tensors,
    errorListeners: process.listenerCount('unhandledRejection') + process.listenerCount('uncaughtException'),
  };
  process.stdout.write(`\nresult:${JSON.stringify(result)}\n`);
}

void main();
