/** A dozen random networks of all spaces on 1,000 real pictures: every framework computes what the engine computes. */
import assert from 'node:assert/strict';
import { compareEverywhere, randomNetworks, type Comparison } from '../../bench/support/randomNetworks';

describe('trained networks on real pictures', () => {
  let networks: Awaited<ReturnType<typeof randomNetworks>>;
  let comparisons: readonly Comparison[];

  before(async () => {
    networks = await randomNetworks([4, 4, 3, 1], 4);
    comparisons = await compareEverywhere(networks);
  });

  it('are twelve, on a thousand pictures, in nine ways', () => {
    assert.equal(networks.stored.length, 12);
    assert.equal(networks.images, 1000);
    assert.ok(comparisons.length >= 8, comparisons.map(({ name }) => name).join());
  });

  it('give the same logits within 1e-4, and the same prediction but for one in a thousand', () => {
    for (const { name, apart, differing } of comparisons) {
      assert.ok(Math.max(...apart) <= 1e-4, `${name}: ${apart.join()}`);
      assert.ok(Math.max(...differing) <= 1, `${name}: ${differing.join()}`);
    }
  });

  it('have the parameters that are counted here, where a framework counts them', () => {
    const counting = comparisons.filter(({ countsAlike }) => countsAlike !== undefined);
    assert.ok(counting.length >= 2);
    for (const { name, countsAlike } of counting) assert.ok(countsAlike, name);
  });
});
