import assert from 'node:assert/strict';
import { populationStatistics } from '../../../src/network/populationStatistics';

describe('population statistics', () => {
  it('are those of the batch where there is one, to the bit', () => {
    const one = Float32Array.of(0.1, -7, 0.3, 1e-9);
    assert.deepEqual(populationStatistics([one]), one);
  });

  it('are those of all values, up to what the unbiased variances add', () => {
    // Values 0, 2 and 10, 14: means 1 and 12, unbiased variances 2 and 8; of all four, mean 6.5 and variance 32.75.
    const [mean, variance] = populationStatistics([Float32Array.of(1, 2), Float32Array.of(12, 8)]);
    assert.equal(mean, 6.5);
    assert.equal(variance, 32.75 + 2.5);
  });

  it('keep small variances beside large means', () => {
    const batches = [Float32Array.of(1000, 1e-4), Float32Array.of(1000, 3e-4)];
    assert.ok(Math.abs(populationStatistics(batches)[1]! - 2e-4) < 1e-9);
  });

  it('need a batch, and batches of one network', () => {
    assert.throws(() => populationStatistics([]), RangeError);
    assert.throws(() => populationStatistics([new Float32Array(2), new Float32Array(4)]), RangeError);
  });
});
