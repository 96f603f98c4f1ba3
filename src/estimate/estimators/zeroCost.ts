/** Zero-cost proxies in the registry of estimators; `zeroCostEstimator.ts` does the work. */
import * as z from 'zod';
import { described, type Finding } from '../../describe';
import type { ZeroCostName } from '../../network/reference/zeroCost';
import { Random } from '../../random';
import { hasLayer } from '../../space/plan';
import type { SearchSpace } from '../../space/searchSpace';
import type { EstimatorEntry, Surroundings } from '../estimator';

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
    'Which score. `naswot` looks at ReLUs: in a space without any, such as `mbconv` with an EfficientNet base, it is `jacov` unless it is written.',
  ),
  images: described(
    z.number().int().min(2).max(512).default(32),
    'Different images of the batch, the same for all, without augmentation. As many as there are where they are fewer, unless it is written.',
  ),
});

/** Of images for which it is seen whether the networks of a space have ReLUs, and how many networks are looked at. */
const frame = { input: { height: 32, width: 32, channels: 3 }, classes: 10 };
const drawn = 5;

function hasRelus(space: SearchSpace): boolean {
  const random = Random.fromSeed(1, 'relus');
  return Array.from({ length: drawn }, () => space.proxy(space.sample(random), frame)).some((plan) =>
    hasLayer(plan, 'relu'),
  );
}

function checks({ proxy, images }: ZeroCostOptions, { space, trainImages }: Surroundings): Finding[] {
  const findings: Finding[] = [];
  if (proxy === 'naswot' && !hasRelus(space)) {
    const others = Object.keys(proxies).filter((name) => name !== proxy);
    findings.push({
      path: ['proxy'],
      message: `"naswot" compares the ReLUs of a network, and the networks of this space have none.`,
      hint: `Use one of: ${others.join(', ')}.`,
      instead: { value: 'jacov' },
    });
  }
  if (trainImages !== undefined && images > trainImages) {
    findings.push({
      path: ['images'],
      message: `A batch of ${images} images cannot be drawn from the ${trainImages} that train.`,
      hint: `Use at most ${trainImages}, or more training images.`,
      ...(trainImages >= 2 && { instead: { value: trainImages } }),
    });
  }
  return findings;
}

export type ZeroCostOptions = z.output<typeof options>;

export const zeroCost = {
  name: 'zero_cost',
  description: 'Scores untrained networks from one batch: NASWOT, jacov, synflow, snip or gradient norm.',
  options,
  checks,
} satisfies EstimatorEntry<typeof options>;
