/** Zero-cost proxies in the registry of estimators; `zeroCostEstimator.ts` does the work. */
import * as z from 'zod';
import { described } from '../../describe';
import type { ZeroCostName } from '../../network/reference/zeroCost';
import type { EstimatorEntry } from '../estimator';

const proxies = {
  naswot: 'How differently the ReLUs answer to the images of a batch (Mellor et al., 2021).',
  jacov: 'How little the Jacobians of the images of a batch correlate (Mellor et al., 2020).',
  synflow: 'How much flows through the weights, without data (Tanaka et al., 2020).',
  snip: 'How much the loss depends on the weights (Lee et al., 2019).',
  grad_norm: 'Norms of the loss’s gradient (Abdelfattah et al., 2021).',
} satisfies Record<ZeroCostName, string>;

const options = z.strictObject({
  type: described(
    z.literal('zero_cost'),
    'Scores from one batch through the untrained network, in a moment each (Abdelfattah et al., 2021).',
  ),
  proxy: described(
    z
      .enum(Object.keys(proxies) as [ZeroCostName])
      .meta({ enumDescriptions: Object.values(proxies) })
      .default('naswot'),
    'Which score.',
  ),
  images: described(z.number().int().min(2).max(512).default(32), 'Images of the batch, the same for all.'),
});

export type ZeroCostOptions = z.output<typeof options>;

export const zeroCost = {
  name: 'zero_cost',
  description: 'Scores untrained networks from one batch: NASWOT, jacov, synflow, snip or gradient norm.',
  options,
} satisfies EstimatorEntry<typeof options>;
