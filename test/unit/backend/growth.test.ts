import assert from 'node:assert/strict';
import { watchGrowth } from '../../../src/backend/setup/growth';

describe('watch on a growing folder', () => {
  let seconds = 0;
  let bytes = 0;
  const seen: number[] = [];
  const limits = {
    firstByteWithin: 8,
    stalledAfter: 60,
    now: () => seconds,
    onBytes: (count: number) => seen.push(count),
  };
  /** Asks, and lets the look at the folder end. */
  async function askAt(watch: () => string | undefined, time: number, size: number) {
    seconds = time;
    bytes = size;
    watch();
    await new Promise(setImmediate);
    return watch();
  }

  beforeEach(() => {
    seconds = 0;
    seen.length = 0;
  });

  it('gives up when no first byte comes, whatever was there before', async () => {
    const watch = watchGrowth('.', limits, async () => bytes);
    assert.equal(await askAt(watch, 0, 500), undefined);
    assert.equal(await askAt(watch, 8, 500), undefined);
    assert.equal(await askAt(watch, 9, 500), 'nothing arrived within 8 s');
  });

  it('has patience while bytes come, and tells them', async () => {
    const watch = watchGrowth('.', limits, async () => bytes);
    await askAt(watch, 0, 500);
    assert.equal(await askAt(watch, 5, 600), undefined);
    assert.equal(await askAt(watch, 60, 700), undefined);
    assert.deepEqual(seen, [100, 200]);
    assert.equal(await askAt(watch, 120, 700), undefined);
    assert.equal(await askAt(watch, 121, 700), 'nothing more arrived for 60 s');
  });
});
