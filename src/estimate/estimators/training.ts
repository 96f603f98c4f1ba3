/** Training in the registry of estimators; `trainingEstimator.ts` does the work. */
import * as z from 'zod';
import { described } from '../../describe';
import type { EstimatorEntry } from '../estimator';

const options = z.strictObject({
  type: described(
    z.literal('training').default('training'),
    'Every architecture is trained from new weights; it is judged on the validation split by the config’s `score`.',
  ),
  epochs: described(z.number().int().min(1).max(100_000).default(20), 'Epochs for each architecture.'),
});

export const training = {
  name: 'training',
  description: 'Trains every architecture from new weights and judges it on the validation split.',
  options,
  laptop: { epochs: 2 },
} satisfies EstimatorEntry<typeof options>;
