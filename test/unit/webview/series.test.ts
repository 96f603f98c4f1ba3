import assert from 'node:assert/strict';
import { Random } from '../../../src/random';
import { decimate, growing, valueAt } from '../../../webview/kit/series';

describe('webview: series', () => {
  it('computes only what is new in a growing list', () => {
    const computed: number[] = [];
    const squares = growing((item: { n: number }) => {
      computed.push(item.n);
      return item.n ** 2;
    });
    const items = [{ n: 1 }, { n: 2 }];
    assert.deepEqual(squares(items), [1, 4]);
    assert.deepEqual(squares([...items, { n: 3 }]), [1, 4, 9]);
    assert.deepEqual(computed, [1, 2, 3]);
  });

  it('starts over with another or a shorter list', () => {
    const doubled = growing((item: { n: number }) => 2 * item.n);
    const items = [{ n: 1 }, { n: 2 }, { n: 3 }];
    doubled(items);
    assert.deepEqual(doubled(items.slice(0, 1)), [2]);
    assert.deepEqual(doubled([{ n: 5 }, { n: 6 }]), [10, 12]);
    assert.deepEqual(doubled([]), []);
  });

  it('leaves short series as they are', () => {
    assert.deepEqual(decimate(5, [(index) => index], 5), [0, 1, 2, 3, 4]);
  });

  it('thins long series but keeps extremes, ends and what must stay', () => {
    const random = Random.fromSeed(3);
    const values = Array.from({ length: 20_000 }, () => random.normal());
    values[7_777] = 50;
    values[12_345] = -50;
    const kept = decimate(
      values.length,
      [(index) => values[index]!, (index) => -values[index]!],
      2000,
      (index) => index === 9_001,
    );
    assert.ok(kept.length <= 2003, `${kept.length} points`);
    assert.ok(kept.length > 500);
    for (const index of [0, 7_777, 9_001, 12_345, 19_999]) assert.ok(kept.includes(index), `index ${index}`);
    assert.deepEqual(
      kept,
      [...kept].sort((a, b) => a - b),
    );
  });

  it('skips gaps', () => {
    const values = [null, null, 1, null, 3, null];
    assert.deepEqual(decimate(6, [(index) => values[index]!], 3), [0, 2, 4, 5]);
    assert.equal(valueAt(values, 3), 1);
    assert.equal(valueAt(values, 99), 3);
    assert.equal(valueAt(values, 1), undefined);
  });
});
