/** Successive halving in the registry of estimators; `successiveHalving.ts` does the work. */
import * as z from 'zod';
import { described } from '../../describe';
import type { EstimatorEntry } from '../estimator';

const options = z.strictObject({
  type: described(
    z.literal('asha'),
    'Few epochs for most architectures, more for the best of them: asynchronous successive halving, stopping form (Li et al., 2020).',
  ),
  minEpochs: described(
    z.number().int().min(1).max(100_000).default(1),
    'Epochs of the first rung, which every architecture gets.',
  ),
  eta: described(
    z.number().int().min(2).max(100).default(3),
    'η: a rung has this many times the epochs of the one before, and only the best 1/η go past it.',
  ),
  epochs: described(
    z.number().int().min(1).max(100_000).default(27),
    'Most epochs, which the best are trained for.',
  ),
});

export type AshaOptions = z.output<typeof options>;

export const asha = {
  name: 'asha',
  description: 'Asynchronous successive halving: only the best go on at each rung (Li et al., 2020).',
  options,
  laptop: { epochs: 9 },
  checks: ({ minEpochs, epochs }) =>
    minEpochs <= epochs
      ? []
      : [
          {
            path: ['minEpochs'],
            message: `The first rung has ${minEpochs} epochs, more than the ${epochs} of the last.`,
            hint: `Use at most ${epochs}, or an estimator.epochs of ${minEpochs} or more.`,
            instead: { value: 1 },
          },
        ],
} satisfies EstimatorEntry<typeof options>;
