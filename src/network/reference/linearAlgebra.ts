/** What small square matrices of plain numbers are asked for. */

/** Rows of equal length. */
export type Matrix = readonly (readonly number[])[];

/** ln |det A| by LU with partial pivoting; −∞ where A is singular. */
export function logDeterminant(matrix: Matrix): number {
  const rows = matrix.map((row) => [...row]);
  let sum = 0;
  for (let k = 0; k < rows.length; k++) {
    let pivot = k;
    for (let i = k + 1; i < rows.length; i++) {
      if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    }
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const head = rows[k]![k]!;
    if (head === 0) return -Infinity;
    sum += Math.log(Math.abs(head));
    for (let i = k + 1; i < rows.length; i++) {
      const factor = rows[i]![k]! / head;
      for (let j = k; j < rows.length; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  return sum;
}

/** Rotations do not go on below this share of the norm. */
const tolerance = 1e-14;
const mostSweeps = 60;

/** Eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations. */
export function symmetricEigenvalues(matrix: Matrix): number[] {
  const a = matrix.map((row) => [...row]);
  const n = a.length;
  const norm = Math.sqrt(a.flat().reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        off += 2 * a[p]![q]! ** 2;
        rotate(a, p, q);
      }
    }
    if (Math.sqrt(off) <= tolerance * norm) break;
  }
  return a.map((row, i) => row[i]!).sort((x, y) => x - y);
}

/** The rotation in the plane (p, q) that makes a[p][q] zero (Golub & Van Loan, section 8.5). */
function rotate(a: number[][], p: number, q: number): void {
  const entry = a[p]![q]!;
  if (entry === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * entry);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of a) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  const [rowP, rowQ] = [a[p]!, a[q]!];
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [rowP[k]!, rowQ[k]!];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
}
