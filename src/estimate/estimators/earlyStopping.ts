/** Early stopping in the registry of estimators; `earlyStopping.ts` does the work. */
import * as z from 'zod';
import { described } from '../../describe';
import type { EstimatorEntry } from '../estimator';

const options = z.strictObject({
  type: described(
    z.literal('early_stopping'),
    'Training ends when the score on the validation split stops rising, or will not reach the best so far (Domhan et al., 2015).',
  ),
  epochs: described(z.number().int().min(1).max(100_000).default(50), 'Most epochs for each architecture.'),
  patience: described(
    z.number().int().min(1).max(100_000).default(5),
    'Training ends after so many epochs without a better score.',
  ),
  minDelta: described(
    z.number().min(0).lt(1).default(0),
    'What counts as better: more than this above the best before, in units of the score: a share from 0 to 1, or nats of log-loss.',
  ),
  extrapolate: described(
    z.boolean().default(false),
    'Also end when a power law through the curve (5 epochs or more) stays below the best trial at the last epoch.',
  ),
});

export type EarlyStoppingOptions = z.output<typeof options>;

export const earlyStopping = {
  name: 'early_stopping',
  description:
    'Trains until the score on the validation split stops rising; can extrapolate the curve (Domhan et al., 2015).',
  options,
  laptop: { epochs: 6, patience: 2 },
} satisfies EstimatorEntry<typeof options>;
