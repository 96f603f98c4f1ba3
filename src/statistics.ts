/** Means, spreads and rank correlations of plain lists of numbers; ties share their average rank. */

/** NaN for an empty list. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample: divided by n − 1. NaN for fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Of the mean of a sample: its standard deviation over √n. */
export function standardError(values: readonly number[]): number {
  return standardDeviation(values) / Math.sqrt(values.length);
}

/** Ranks from 1 for the smallest; equal values share the average of the ranks that they take up. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) result[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}

function checkPairs(a: readonly number[], b: readonly number[]): void {
  if (a.length !== b.length) {
    throw new RangeError(`Lists of ${a.length} and ${b.length} values are no pairs.`);
  }
}

/**
 * Pearson's correlation; NaN where one list is constant.
 * @throws RangeError when the lists differ in length
 */
export function pearson(a: readonly number[], b: readonly number[]): number {
  checkPairs(a, b);
  const meanA = mean(a);
  const meanB = mean(b);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  a.forEach((value, i) => {
    const fromA = value - meanA;
    const fromB = b[i]! - meanB;
    ab += fromA * fromB;
    aa += fromA * fromA;
    bb += fromB * fromB;
  });
  return ab / Math.sqrt(aa * bb);
}

/**
 * Spearman's ρ: Pearson's correlation of the ranks, which holds with ties too. NaN where one list is constant.
 * @throws RangeError when the lists differ in length
 */
export function spearman(a: readonly number[], b: readonly number[]): number {
  return pearson(ranks(a), ranks(b));
}

/**
 * Kendall's τ-b: (concordant − discordant) / √((pairs − ties in a)(pairs − ties in b)). NaN where one list is constant.
 * @throws RangeError when the lists differ in length
 */
export function kendall(a: readonly number[], b: readonly number[]): number {
  checkPairs(a, b);
  let balance = 0;
  let untiedA = 0;
  let untiedB = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const signA = Math.sign(a[i]! - a[j]!);
      const signB = Math.sign(b[i]! - b[j]!);
      balance += signA * signB;
      untiedA += signA * signA;
      untiedB += signB * signB;
    }
  }
  return balance / Math.sqrt(untiedA * untiedB);
}

/**
 * Share of the k largest of `predicted` that are among the k largest of `actual`. Equal values at the border count by
 * their expectation when drawn at random, so the order of the list does not matter.
 * @throws RangeError when the lists differ in length or k is not in 1 … their length
 */
export function topKPrecision(predicted: readonly number[], actual: readonly number[], k: number): number {
  checkPairs(predicted, actual);
  if (!Number.isInteger(k) || k < 1 || k > actual.length) {
    throw new RangeError(`There is no top ${k} of ${actual.length} values.`);
  }
  const inPredicted = topShares(predicted, k);
  const inActual = topShares(actual, k);
  return inPredicted.reduce((sum, share, i) => sum + share * inActual[i]!, 0) / k;
}

/** How surely each value is among the k largest: 1, 0, or at the border the share of places left for its equals. */
function topShares(values: readonly number[], k: number): number[] {
  const border = [...values].sort((a, b) => b - a)[k - 1]!;
  const above = values.filter((value) => value > border).length;
  const equal = values.filter((value) => value === border).length;
  return values.map((value) => (value > border ? 1 : value === border ? (k - above) / equal : 0));
}
