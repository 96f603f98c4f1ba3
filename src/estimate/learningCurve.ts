/** Where a validation curve is going: a power law fitted to its beginning (Domhan et al., 2015, model `pow3`). */

/** y(x) = limit − scale · x^(−rate), scale ≥ 0: rises ever more slowly towards its limit. */
export interface PowerLaw {
  readonly limit: number;
  readonly scale: number;
  readonly rate: number;
  /** Sum of the squared distances of the points. */
  readonly error: number;
}

/** A rate below looks like a straight line over any curve, one above like a step. */
const slowest = 0.05;
const fastest = 5;
const candidates = 60;
/** Shrinks the interval of the rate by the golden ratio each time: to a relative 10⁻⁶. */
const refinements = 40;
const golden = (Math.sqrt(5) - 1) / 2;

/** With the rate given, limit and scale are linear and have a closed least-squares solution. */
function fitAtRate(x: readonly number[], y: readonly number[], rate: number): PowerLaw {
  const powers = x.map((value) => value ** -rate);
  const n = x.length;
  const meanPower = powers.reduce((sum, p) => sum + p, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  let covariance = 0;
  let variance = 0;
  powers.forEach((p, i) => {
    covariance += (p - meanPower) * (y[i]! - meanY);
    variance += (p - meanPower) ** 2;
  });
  // A curve that falls has no such law; the best that is allowed is constant.
  const scale = Math.max(0, -covariance / variance);
  const limit = meanY + scale * meanPower;
  const error = powers.reduce((sum, p, i) => sum + (limit - scale * p - y[i]!) ** 2, 0);
  return { limit, scale, rate, error };
}

/**
 * Least-squares fit.
 * @param x increasing, from 1 on, e.g. epochs
 * @param y as many values
 * @throws RangeError for fewer than three points, through which a curve always goes
 */
export function fitPowerLaw(x: readonly number[], y: readonly number[]): PowerLaw {
  if (x.length < 3 || y.length !== x.length) {
    throw new RangeError(`A power law is fitted to three points or more, not to ${x.length}.`);
  }
  const rates = Array.from(
    { length: candidates },
    (_, i) => slowest * (fastest / slowest) ** (i / (candidates - 1)),
  );
  const errors = rates.map((rate) => fitAtRate(x, y, rate).error);
  const best = errors.indexOf(Math.min(...errors));
  let low = rates[Math.max(0, best - 1)]!;
  let high = rates[Math.min(candidates - 1, best + 1)]!;
  for (let i = 0; i < refinements; i++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (fitAtRate(x, y, left).error <= fitAtRate(x, y, right).error) high = right;
    else low = left;
  }
  return fitAtRate(x, y, (low + high) / 2);
}

export function powerLawAt({ limit, scale, rate }: PowerLaw, x: number): number {
  return limit - scale * x ** -rate;
}
