import assert from 'node:assert/strict';
import { binomialTail, regularizedBeta, studentQuantile, studentTails } from '../../src/distributions';

function near(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

describe('distributions', () => {
  it('have the quantiles of Student’s table', () => {
    // Two-sided 5 % points as every table prints them.
    const table = {
      1: 12.7062,
      2: 4.3027,
      3: 3.1824,
      4: 2.7764,
      5: 2.5706,
      10: 2.2281,
      30: 2.0423,
      120: 1.9799,
    };
    for (const [freedom, t] of Object.entries(table)) near(studentQuantile(0.05, Number(freedom)), t, 5e-5);
    near(studentQuantile(0.01, 4), 4.6041, 5e-5);
  });

  it('have the tails that follow in closed form for one and two degrees of freedom', () => {
    for (const t of [0.3, 1, 2, 7]) {
      near(studentTails(t, 1), 1 - (2 / Math.PI) * Math.atan(t));
      near(studentTails(t, 2), 1 - t / Math.sqrt(2 + t * t));
    }
  });

  it('sum the binomial’s own terms', () => {
    near(binomialTail(6, 10, 0.5), 386 / 1024);
    near(binomialTail(10, 10, 0.5), 1 / 1024);
    near(binomialTail(1, 20, 0.1), 1 - 0.9 ** 20);
    assert.equal(binomialTail(0, 10, 0.1), 1);
    assert.equal(binomialTail(11, 10, 0.1), 0);
    let [term, sum] = [0.9 ** 500, 0];
    for (let k = 0; k <= 500; k++) {
      if (k >= 62) sum += term;
      term *= ((500 - k) / (k + 1)) * (0.1 / 0.9);
    }
    near(binomialTail(62, 500, 0.1), sum);
  });

  it('stay accurate for a large test split', () => {
    // By the normal limit with continuity correction: P(Z ≥ (1049.5 − 1000) / 30) = P(Z ≥ 1.65).
    near(binomialTail(1050, 10_000, 0.1), 0.0495, 1.5e-3);
    near(regularizedBeta(0.3, 4000, 6000) + regularizedBeta(0.7, 6000, 4000), 1);
  });
});
