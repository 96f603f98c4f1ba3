/** Symmetric positive definite systems by their Cholesky factor; matrices are flat, row by row. */

/**
 * Lower triangle L with L·Lᵀ = A; what is above the diagonal stays 0.
 * @throws RangeError when A is not positive definite
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * n + column]!;
      for (let i = 0; i < column; i++) sum -= factor[row * n + i]! * factor[column * n + i]!;
      if (row > column) factor[row * n + column] = sum / factor[column * n + column]!;
      else if (sum > 0) factor[row * n + row] = Math.sqrt(sum);
      else throw new RangeError('The matrix is not positive definite.');
    }
  }
  return factor;
}

/** x with L·x = b. */
export function solveLower(factor: Float64Array, b: ArrayLike<number>): Float64Array {
  const n = b.length;
  const x = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    let sum = b[row]!;
    for (let i = 0; i < row; i++) sum -= factor[row * n + i]! * x[i]!;
    x[row] = sum / factor[row * n + row]!;
  }
  return x;
}

/** x with Lᵀ·x = b. */
export function solveUpper(factor: Float64Array, b: ArrayLike<number>): Float64Array {
  const n = b.length;
  const x = new Float64Array(n);
  for (let row = n - 1; row >= 0; row--) {
    let sum = b[row]!;
    for (let i = row + 1; i < n; i++) sum -= factor[i * n + row]! * x[i]!;
    x[row] = sum / factor[row * n + row]!;
  }
  return x;
}
