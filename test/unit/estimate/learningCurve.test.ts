import assert from 'node:assert/strict';
import { fitPowerLaw, powerLawAt } from '../../../src/estimate/learningCurve';

const epochs = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual}, expected ${expected}`);
}

describe('extrapolation of a learning curve', () => {
  for (const [limit, scale, rate] of [
    [0.9, 0.7, 0.5],
    [0.62, 0.5, 1.3],
    [0.95, 0.85, 0.2],
  ] as const) {
    it(`finds ${limit} − ${scale}·x^−${rate} again from its first 10 points`, () => {
      const x = epochs(10);
      const law = fitPowerLaw(
        x,
        x.map((value) => limit - scale * value ** -rate),
      );
      near(law.limit, limit, 1e-3);
      near(law.scale, scale, 1e-3);
      near(law.rate, rate, 1e-3);
      near(powerLawAt(law, 200), limit - scale * 200 ** -rate, 1e-4);
    });
  }

  it('is off by little under noise', () => {
    const x = epochs(20);
    // A fixed pattern of ±0.005.
    const y = x.map((value, i) => 0.9 - 0.6 / value + 0.005 * (i % 2 === 0 ? 1 : -1));
    near(powerLawAt(fitPowerLaw(x, y), 100), 0.894, 0.01);
  });

  it('takes a constant for a curve that falls', () => {
    const law = fitPowerLaw([1, 2, 3, 4], [0.5, 0.4, 0.3, 0.2]);
    assert.equal(law.scale, 0);
    near(law.limit, 0.35, 1e-12);
  });

  it('refuses two points, through which any curve goes', () => {
    assert.throws(() => fitPowerLaw([1, 2], [0, 1]), RangeError);
  });
});
