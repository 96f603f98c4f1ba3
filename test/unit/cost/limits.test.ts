import assert from 'node:assert/strict';
import { brokenLimits, describeBroken, excess, limitCheck } from '../../../src/cost/limits';

const costs = { parameters: 5000, flops: 200_000, memoryMiB: 1.5, latencyMs: 3 };

describe('limits', () => {
  it('names every cost that is above its limit, with both numbers', () => {
    const limits = { maxParameters: 4000, maxFlops: 200_000, maxMemoryMiB: 1.25, maxLatencyMs: 10 };
    assert.deepEqual(brokenLimits(costs, limits), [
      { limit: 'maxParameters', value: 5000, allowed: 4000 },
      { limit: 'maxMemoryMiB', value: 1.5, allowed: 1.25 },
    ]);
    const [first] = brokenLimits(costs, limits);
    assert.equal(describeBroken(first!), '5,000 parameters, more than the limit of 4,000');
  });

  it('lets a cost that equals its limit pass, and everything where there is no limit', () => {
    assert.deepEqual(brokenLimits(costs, { maxParameters: 5000 }), []);
    assert.deepEqual(brokenLimits(costs, {}), []);
    assert.equal(excess(costs, {}), 0);
    assert.equal(limitCheck({ maxParameters: 5000 })(costs), undefined);
  });

  it('measures how far outside by the worst cost', () => {
    const limits = { maxParameters: 4000, maxLatencyMs: 1.5 };
    assert.equal(excess(costs, limits), 2);
    const breach = limitCheck(limits)(costs);
    assert.equal(breach?.excess, 2);
    assert.match(
      breach?.message ?? '',
      /5,000 parameters.*4,000 and 3 ms latency, more than the limit of 1.5/,
    );
  });

  it('does not take an unknown latency for a small one', () => {
    const { latencyMs: _, ...unknown } = costs;
    assert.throws(() => brokenLimits(unknown, { maxLatencyMs: 10 }), /needs a latency table/);
  });
});
