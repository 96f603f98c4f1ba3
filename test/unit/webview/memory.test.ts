import assert from 'node:assert/strict';
import { changes, remembered } from '../../../webview/kit/memory';

describe('webview: memory of what was drawn', () => {
  it('tells the first inputs and every other ones from the same again', () => {
    const changed = changes();
    const list = [1];
    assert.deepEqual(
      [changed(list, 1), changed(list, 1), changed([1], 1), changed(list, 1), changed(list), changed(list)],
      [true, false, true, true, true, false],
    );
    assert.equal(changes()(), true);
    assert.equal(changes()(undefined), true);
  });

  it('computes once for the same inputs', () => {
    let calls = 0;
    const double = remembered((value: number) => (calls++, 2 * value));
    assert.deepEqual([double(2), double(2), double(3), double(2)], [4, 4, 6, 4]);
    assert.equal(calls, 3);
  });
});
