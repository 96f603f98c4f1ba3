import assert from 'node:assert/strict';
import { Garbage } from '../../../../src/data/pictures/libvips';

const mebibyte = 1024 * 1024;

describe('garbage of libvips', () => {
  it('is collected once so much of it waits, however many pictures that takes', () => {
    let collected = 0;
    const garbage = new Garbage(() => () => collected++);
    const after = (bytes: number): number => {
      garbage.add(bytes);
      return collected;
    };
    assert.deepEqual([after(20 * mebibyte), after(11 * mebibyte), after(mebibyte)], [0, 0, 1]);
    assert.deepEqual([after(31 * mebibyte), after(100 * mebibyte), after(1)], [1, 2, 2]);
  });
});
