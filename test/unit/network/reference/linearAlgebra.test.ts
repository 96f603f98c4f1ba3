import assert from 'node:assert/strict';
import { logDeterminant, symmetricEigenvalues } from '../../../../src/network/reference/linearAlgebra';
import { Random } from '../../../../src/random';

function near(actual: number, expected: number): void {
  assert.ok(
    Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual}, not ${expected}`,
  );
}

describe('small matrices', () => {
  it('have the determinants that are worked by hand', () => {
    near(logDeterminant([[3]]), Math.log(3));
    // Needs a pivot; determinant −2.
    near(
      logDeterminant([
        [0, 2],
        [1, 5],
      ]),
      Math.log(2),
    );
    near(
      logDeterminant([
        [2, 1, 0],
        [1, 2, 1],
        [0, 1, 2],
      ]),
      Math.log(4),
    );
    assert.equal(
      logDeterminant([
        [1, 2],
        [2, 4],
      ]),
      -Infinity,
    );
  });

  it('have the eigenvalues of the second difference, 2 − 2·cos(kπ/(n + 1))', () => {
    const n = 12;
    const matrix = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
    );
    const values = symmetricEigenvalues(matrix);
    for (let k = 1; k <= n; k++) near(values[k - 1]!, 2 - 2 * Math.cos((k * Math.PI) / (n + 1)));
  });

  it('have eigenvalues whose logarithms add up to that of the determinant', () => {
    const random = Random.fromSeed(1, 'matrix');
    const root = Array.from({ length: 20 }, () => Array.from({ length: 20 }, () => random.normal()));
    const product = root.map((a) => root.map((b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)));
    const sum = symmetricEigenvalues(product).reduce((total, value) => total + Math.log(value), 0);
    near(sum, logDeterminant(product));
  });
});
