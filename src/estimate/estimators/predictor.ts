/** A predictor in the registry of estimators; `predictorEstimator.ts` does the work. */
import * as z from 'zod';
import { described } from '../../describe';
import type { EstimatorEntry } from '../estimator';

const count = z.number().int().min(1).max(100_000);

const options = z.strictObject({
  type: described(
    z.literal('predictor'),
    'The first architectures are trained; then a model fitted to them predicts the score of the others without training (as surveyed by White et al., 2021).',
  ),
  epochs: described(count.default(20), 'Epochs for each architecture that is trained.'),
  warmup: described(
    count.min(2).default(20),
    'Architectures that are trained before the first prediction. Where that would be all trials, half of them unless it is written.',
  ),
  auditEvery: described(
    count.min(2).default(5),
    'Of the predicted architectures, every nth is trained too: its trained score counts, the error is reported, and the model learns from it.',
  ),
});

export type PredictorOptions = z.output<typeof options>;

export const predictor = {
  name: 'predictor',
  description:
    'Trains the first architectures and predicts the others from them by an ensemble of Gaussian processes (White et al., 2021).',
  options,
  laptop: { epochs: 2, warmup: 8 },
  checks: ({ warmup }, { trials }) =>
    warmup < trials
      ? []
      : [
          {
            path: ['warmup'],
            message: `${warmup} trained architectures leave none of the ${trials} trials to be predicted.`,
            hint: `Use less than ${trials}, or a budget.trials above ${warmup}.`,
            ...(trials >= 4 && { instead: { value: Math.floor(trials / 2) } }),
          },
        ],
} satisfies EstimatorEntry<typeof options>;
