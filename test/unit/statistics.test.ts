import assert from 'node:assert/strict';
import {
  kendall,
  mean,
  pearson,
  ranks,
  spearman,
  standardDeviation,
  standardError,
  topKPrecision,
} from '../../src/statistics';

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

describe('Statistics', () => {
  it('takes the mean, the deviation of a sample and the error of its mean', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    assert.equal(mean(values), 5);
    near(standardDeviation(values), Math.sqrt(32 / 7));
    near(standardError(values), Math.sqrt(32 / 7 / 8));
  });

  it('has no mean of nothing and no deviation of one value', () => {
    assert.ok(Number.isNaN(mean([])));
    assert.ok(Number.isNaN(standardDeviation([3])));
  });

  it('gives equal values the average of their ranks', () => {
    assert.deepEqual(ranks([10, 20, 20, 5, 20]), [2, 4, 4, 1, 4]);
    assert.deepEqual(ranks([]), []);
  });

  it('correlates without ties as 1 − 6Σd²/(n(n² − 1))', () => {
    // Differences of rank 1, 1, 1, 1, 0: Σd² = 4 → 1 − 24/120.
    near(spearman([1, 2, 3, 4, 5], [20, 10, 40, 30, 50]), 0.8);
    // Two of ten pairs discordant.
    near(kendall([1, 2, 3, 4, 5], [20, 10, 40, 30, 50]), 0.6);
  });

  it('correlates with ties: ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4', () => {
    // Deviations −1.5, 0, 0, 1.5 and −1.5, 0.5, −0.5, 1.5: 4.5 / √(4.5 · 5).
    near(spearman([1, 2, 2, 3], [1, 3, 2, 4]), 4.5 / Math.sqrt(22.5));
    // Five concordant pairs, one tied in the first list: 5 / √(5 · 6).
    near(kendall([1, 2, 2, 3], [1, 3, 2, 4]), 5 / Math.sqrt(30));
  });

  it('correlates with ties in both lists', () => {
    // Pairs of (1,1) (1,2) (2,2) (3,1): concordant 1 (0–2), discordant 2 (1–3, 2–3), tied in a 1, in b 2.
    near(kendall([1, 1, 2, 3], [1, 2, 2, 1]), -1 / Math.sqrt(5 * 4));
    // Ranks 1.5, 1.5, 3, 4 and 1.5, 3.5, 3.5, 1.5: Σab = 1 − 1 + 0.5 − 1.5, Σaa = 4.5, Σbb = 4.
    near(spearman([1, 1, 2, 3], [1, 2, 2, 1]), -1 / Math.sqrt(18));
  });

  it('has no correlation with a constant and refuses lists of different lengths', () => {
    assert.ok(Number.isNaN(spearman([1, 2, 3], [7, 7, 7])));
    assert.ok(Number.isNaN(kendall([1, 2, 3], [7, 7, 7])));
    assert.throws(() => pearson([1, 2], [1]), RangeError);
    assert.throws(() => kendall([1, 2], [1]), RangeError);
  });

  it('takes the linear correlation of the values themselves', () => {
    near(pearson([1, 2, 3], [2, 4, 6]), 1);
    near(pearson([1, 2, 3], [1, 3, 2]), 0.5);
  });

  it('counts how many of the predicted best are among the best', () => {
    assert.equal(topKPrecision([5, 4, 3, 2, 1], [1, 5, 4, 3, 2], 2), 0.5);
    assert.equal(topKPrecision([5, 4, 3, 2, 1], [1, 5, 4, 3, 2], 5), 1);
  });

  it('counts ties at the border of the best by their expectation', () => {
    // The second place of the prediction is drawn from three, one of which is in the top two.
    near(topKPrecision([9, 5, 5, 5], [4, 3, 2, 1], 2), (1 + 1 / 3) / 2);
    assert.throws(() => topKPrecision([1, 2], [1, 2], 3), RangeError);
  });
});
