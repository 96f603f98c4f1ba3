/** Weight sharing in the registry of estimators; `sharedWeights.ts` does the work. */
import * as z from 'zod';
import { described } from '../../describe';
import type { EstimatorEntry } from '../estimator';

const options = z.strictObject({
  type: described(
    z.literal('shared'),
    'One supernet is trained for budget.epochs by sampled paths; then every architecture is judged with its weights, BN with the statistics of the batch (single-path one-shot; Guo et al., 2020).',
  ),
  sampling: described(
    z.enum(['uniform', 'fair']).default('uniform'),
    '`uniform`: each step trains one architecture drawn at random (Guo et al., 2020). `fair`: each step trains every operation of every edge once, as slow as that many steps (FairNAS; Chu et al., 2021).',
  ),
});

export type SharedOptions = z.output<typeof options>;

export const shared = {
  name: 'shared',
  description:
    'Trains one supernet by sampled paths and judges all architectures with its weights (Guo et al., 2020; Chu et al., 2021).',
  options,
  needsSupernet: true,
} satisfies EstimatorEntry<typeof options>;
