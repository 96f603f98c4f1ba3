/**
 * An ensemble of Gaussian processes (Rasmussen & Williams, 2006, chapters 2 and 5). Its members differ in length scale and noise; each
 * counts as much as the data speak for it (its marginal likelihood). No random number is drawn.
 */
import { mean, standardDeviation } from '../../statistics';
import { cholesky, solveLower, solveUpper } from '../../cholesky';
import type { Prediction, Predictor } from './predictor';

/** Length scales, in units of the root mean square distance between the points. */
const lengths = [0.5, 1, 2, 4];
/** Variances of the noise, as shares of the process's variance. */
const noises = [0.01, 0.05, 0.25, 1];
/** Members: those of the grid for which the data speak most. */
const size = 4;

interface Member {
  readonly length: number;
  /** Sum over the ensemble is 1. */
  readonly weight: number;
  readonly factor: Float64Array;
  /** (K + noise·I)⁻¹·y. */
  readonly coefficients: Float64Array;
  /** Of the process. */
  readonly variance: number;
}

interface Fit {
  readonly points: Points;
  /** Root mean square distance between the points. */
  readonly scale: number;
  readonly centre: number;
  readonly spread: number;
  readonly members: readonly Member[];
}

/** Matérn kernel with ν = 5/2 (equation 4.17). @param distance in length scales */
function kernel(distance: number): number {
  const r = Math.sqrt(5) * distance;
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** Rows of features. Most features are 0 in encodings, so distances are taken over those that are not. */
class Points {
  private readonly rows: readonly Float64Array[];
  private readonly squares: readonly number[];

  constructor(rows: readonly (readonly number[])[]) {
    this.rows = rows.map((row) => Float64Array.from(row));
    this.squares = rows.map(squareOf);
  }

  /** Euclidean, to every point in turn. */
  distancesTo(row: readonly number[]): Float64Array {
    const nonzero = row.flatMap((value, i) => (value === 0 ? [] : [i]));
    const square = squareOf(row);
    const distances = new Float64Array(this.rows.length);
    for (let point = 0; point < distances.length; point++) {
      const other = this.rows[point]!;
      let product = 0;
      for (const i of nonzero) product += row[i]! * other[i]!;
      distances[point] = Math.sqrt(Math.max(0, square + this.squares[point]! - 2 * product));
    }
    return distances;
  }
}

function squareOf(row: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]! * row[i]!;
  return sum;
}

export class GaussianProcesses implements Predictor {
  private fitted: Fit | undefined;

  fit(features: readonly (readonly number[])[], targets: readonly number[]): void {
    const n = targets.length;
    if (n < 2 || features.length !== n) {
      throw new RangeError(
        `${features.length} rows of features and ${n} targets: two pairs or more are needed.`,
      );
    }
    const points = new Points(features);
    const distances = new Float64Array(n * n);
    features.forEach((row, i) => distances.set(points.distancesTo(row), i * n));
    const squares = distances.reduce((sum, distance) => sum + distance * distance, 0);
    // Of points that are all alike, any scale will do.
    const scale = Math.sqrt(squares / (n * (n - 1))) || 1;
    const clipped = clip(targets);
    const centre = mean(clipped);
    const spread = standardDeviation(clipped) || 1;
    const y = clipped.map((target) => (target - centre) / spread);
    const candidates = lengths.flatMap((length) => {
      const kernels = distances.map((distance) => kernel(distance / (scale * length)));
      return noises.map((noise) => fitMember(kernels, y, length, noise));
    });
    const best = Math.max(...candidates.map(({ evidence }) => evidence));
    const shares = candidates.map(({ evidence }) => Math.exp(evidence - best));
    const kept = candidates
      .map((member, i) => ({ ...member, weight: shares[i]! }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, size);
    const total = kept.reduce((all, { weight }) => all + weight, 0);
    const members = kept.map((member) => ({ ...member, weight: member.weight / total }));
    this.fitted = { points, scale, centre, spread, members };
  }

  predict(features: readonly (readonly number[])[]): Prediction[] {
    const { fitted } = this;
    if (!fitted) throw new RangeError('Nothing was learnt yet.');
    const { points, scale, centre, spread, members } = fitted;
    return features.map((row) => {
      const distances = points.distancesTo(row);
      const kernels = new Float64Array(distances.length);
      let first = 0;
      let second = 0;
      for (const { length, weight, factor, coefficients, variance } of members) {
        let expected = 0;
        for (let i = 0; i < kernels.length; i++) {
          kernels[i] = kernel(distances[i]! / (scale * length));
          expected += kernels[i]! * coefficients[i]!;
        }
        const explained = squareOf(solveLower(factor, kernels));
        const uncertain = variance * Math.max(0, 1 - explained);
        first += weight * expected;
        second += weight * (uncertain + expected * expected);
      }
      const deviation = Math.sqrt(Math.max(0, second - first * first));
      return { mean: centre + spread * first, deviation: spread * deviation };
    });
  }
}

/**
 * Nothing is farther below the (upper) median than the best is above it. How bad the worst are does not matter to a search, yet a few
 * that learn nothing at all would set the scale and hide the differences among the good ones. Where half of all are the best,
 * nothing is known about the scale and all stay as they are.
 */
function clip(targets: readonly number[]): readonly number[] {
  const sorted = [...targets].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1]!;
  const best = sorted[sorted.length - 1]!;
  if (median === best) return targets;
  return targets.map((target) => Math.max(target, 2 * median - best));
}

/** A member and the logarithm of its marginal likelihood, at the process variance that makes it largest. */
function fitMember(
  kernels: Float64Array,
  y: readonly number[],
  length: number,
  noise: number,
): Omit<Member, 'weight'> & { evidence: number } {
  const n = y.length;
  const matrix = kernels.slice();
  for (let i = 0; i < n; i++) matrix[i * n + i]! += noise;
  const factor = cholesky(matrix, n);
  const coefficients = solveUpper(factor, solveLower(factor, y));
  const variance = y.reduce((sum, value, i) => sum + value * coefficients[i]!, 0) / n;
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(factor[i * n + i]!);
  // Targets that are all alike leave a variance of 0; every member explains them equally well.
  const evidence = -0.5 * (n * Math.log(Math.max(variance, 1e-12)) + logDeterminant);
  return { length, factor, coefficients, variance, evidence };
}
