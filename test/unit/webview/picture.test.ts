import assert from 'node:assert/strict';
import { rgbaOf } from '../../../webview/kit/picture';

describe('a picture on a page', () => {
  it('is drawn in grey from one channel, in colours from three, without a gap from more', () => {
    const drawn = (...bytes: number[]): number[] => [
      ...rgbaOf({ height: 1, width: 1, channels: bytes.length }, Uint8Array.from(bytes)),
    ];
    assert.deepEqual(drawn(7), [7, 7, 7, 255]);
    assert.deepEqual(drawn(1, 2, 3), [1, 2, 3, 255]);
    assert.deepEqual(drawn(1, 2, 3, 4), [1, 2, 3, 255]);
    assert.deepEqual(drawn(7, 9), [7, 7, 7, 255]);
  });
});
