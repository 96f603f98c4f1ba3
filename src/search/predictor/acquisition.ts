/** Acquisition functions: how much it is worth to judge an architecture, given its prediction (White et al., 2021, section 4). */
import type { Random } from '../../random';
import type { Prediction } from './predictor';

export const acquisitions = ['thompson', 'ucb', 'expectedImprovement'] as const;
export type Acquisition = (typeof acquisitions)[number];

/** (mean − best)·Φ(z) + deviation·φ(z) with z = (mean − best)/deviation (Jones et al., 1998). */
export function expectedImprovement({ mean, deviation }: Prediction, best: number): number {
  if (deviation === 0) return Math.max(0, mean - best);
  const z = (mean - best) / deviation;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return (mean - best) * normalCdf(z) + deviation * density;
}

/** Larger is better. @param best score so far */
export function acquire(
  acquisition: Acquisition,
  prediction: Prediction,
  best: number,
  random: Random,
): number {
  switch (acquisition) {
    case 'thompson':
      return prediction.mean + prediction.deviation * random.normal();
    case 'ucb':
      return prediction.mean + prediction.deviation;
    case 'expectedImprovement':
      return expectedImprovement(prediction, best);
  }
}

/** Φ by Abramowitz & Stegun 7.1.26; off by less than 1e-7. */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (polynomial * Math.exp(-x * x)) / 2;
  return z > 0 ? 1 - tail : tail;
}
