import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { assertAgrees, useKernels } from './kernelHelpers';

describe('products and copies on the wasm backend', () => {
  useKernels();

  describe('agree with the cpu backend', () => {
    it('BatchMatMul', async () => {
      const shapes: [number[], number[]][] = [
        [
          [5, 3],
          [3, 4],
        ],
        [
          [1, 3],
          [3, 1],
        ],
        [
          [3, 5, 3],
          [3, 3, 4],
        ],
        [
          [1, 5, 3],
          [3, 4],
        ],
        [
          [1, 5, 3],
          [3, 3, 4],
        ],
        [
          [3, 5, 3],
          [1, 3, 4],
        ],
      ];
      const swap = (shape: number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
      for (const [a, b] of shapes) {
        for (const [transposeA, transposeB] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ]) {
          const inputs = { a: { shape: transposeA ? swap(a) : a }, b: { shape: transposeB ? swap(b) : b } };
          await assertAgrees('BatchMatMul', inputs, { transposeA, transposeB });
        }
      }
    });

    it('Slice', async () => {
      const x = { shape: [3, 4, 5, 6] };
      await assertAgrees('Slice', { x }, { begin: [0, 1, 2, 1], size: [3, 2, -1, 4] });
      await assertAgrees('Slice', { x }, { begin: [1, 0, 0, 0], size: [1, 4, 5, 6] });
      await assertAgrees('Slice', { x: { shape: [300] } }, { begin: [7], size: [200] });
      await assertAgrees('Slice', { x }, { begin: [0, 0, 0, 0], size: [0, 4, 5, 6] });
      const whole = { shape: [2, 3], values: [1, 2, 3, 4, 5, 6], dtype: 'int32' as const };
      await assertAgrees('Slice', { x: whole }, { begin: [0, 1], size: [2, 2] });
    });

    it('SplitV', async () => {
      await assertAgrees('SplitV', { x: { shape: [2, 3, 6] } }, { numOrSizeSplits: 3, axis: 2 });
      await assertAgrees('SplitV', { x: { shape: [2, 70, 6] } }, { numOrSizeSplits: [30, 40], axis: 1 });
    });

    it('Tile', async () => {
      await assertAgrees('Tile', { x: { shape: [2, 3, 4] } }, { reps: [2, 1, 3] });
      await assertAgrees('Tile', { x: { shape: [2, 1, 70] } }, { reps: [1, 4, 2] });
    });

    it('Transpose', async () => {
      await assertAgrees('Transpose', { x: { shape: [2, 3, 4] } }, { perm: [2, 0, 1] });
      await assertAgrees('Transpose', { x: { shape: [2, 3, 4, 5, 3, 2] } }, { perm: [3, 0, 5, 1, 4, 2] });
      await assertAgrees('Transpose', { x: { shape: [2, 3, 2, 3, 16] } }, { perm: [1, 3, 0, 2, 4] });
    });

    it('SpaceToBatchND and BatchToSpaceND', async () => {
      const paddings = [
        [1, 0],
        [2, 1],
      ];
      const x = { shape: [2, 5, 6, 3] };
      await assertAgrees('SpaceToBatchND', { x }, { blockShape: [2, 3], paddings });
      const blocks = { shape: [12, 3, 3, 3] };
      await assertAgrees('BatchToSpaceND', { x: blocks }, { blockShape: [2, 3], crops: paddings });
    });
  });

  it('broadcast the batches of both operands of a product', async () => {
    await tf.setBackend('wasm');
    tf.tidy(() => {
      const [a, b] = [tf.randomNormal([2, 1, 5, 3]), tf.randomNormal([3, 3, 4])] as const;
      const [allA, allB] = [tf.tile(a, [1, 3, 1, 1]), tf.tile(tf.reshape(b, [1, 3, 3, 4]), [2, 1, 1, 1])];
      assert.deepEqual(tf.matMul(a, b).arraySync(), tf.matMul(allA, allB).arraySync());
    });
  });

  it('multiply by a reshaped view of a matrix that was multiplied before', async () => {
    await tf.setBackend('wasm');
    tf.tidy(() => {
      const matrix = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
      const first = tf.matMul(tf.tensor2d([1, 1], [1, 2]), matrix);
      const second = tf.matMul(tf.tensor2d([1, 1, 1], [1, 3]), tf.reshape(matrix, [3, 2]));
      assert.deepEqual([...first.dataSync()], [5, 7, 9]);
      assert.deepEqual([...second.dataSync()], [9, 12]);
    });
  });
});
