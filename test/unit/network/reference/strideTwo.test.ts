/** Windows of stride 2 on native TensorFlow, at sizes where one of its kernels is known to write outside its memory. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../../src/backend/load';
import { convolution } from '../../../../src/network/reference/primitives';

describe('stride 2 on native TensorFlow', function () {
  before(async function () {
    await loadBackend('tensorflow').catch(() => this.skip());
  });

  for (const kernel of [1, 3]) {
    it(`a ${kernel}×${kernel} convolution of an even image, many times over`, () => {
      for (let i = 0; i < 50; i++) {
        tf.tidy(() => {
          const x = tf.ones<tf.Rank.R4>([7, 14, 14, 8]);
          const filter = tf.ones<tf.Rank.R4>([kernel, kernel, 8, 4]);
          const [dx, dw] = tf.grads((a, b) => tf.sum(convolution(a as tf.Tensor4D, b as tf.Tensor4D, 2)))([
            x,
            filter,
          ]);
          assert.equal(tf.sum(dw!).dataSync()[0], tf.sum(dx!).dataSync()[0]);
        });
      }
    });
  }
});
