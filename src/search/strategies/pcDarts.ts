/** PC-DARTS in the registry (Xu et al., 2020); `gradient/search.ts` does the work. */
import * as z from 'zod';
import { described, formerly } from '../../describe';
import type { GradientStrategy } from '../strategy';
import { alphaChecks, alphaOptions, laptopAlpha } from './gradientOptions';

const description =
  'DARTS on a share of the channels, with a weight for every edge: a fraction of the memory, and less collapse (Xu et al., 2020).';

const options = z.strictObject({
  type: described(z.literal('pc-darts'), description),
  partialChannels: formerly(
    'channelShare',
    described(
      z.number().int().min(2).max(64).default(4),
      'K: 1/K of the channels go through the operations, the others pass by. Divides the supernet’s channels: another divisor where it does not, unless it is written.',
    ),
  ),
  ...alphaOptions({ warmupEpochs: 15, learningRate: 6e-4 }),
});

export const pcDarts = {
  kind: 'gradient',
  name: 'pc-darts',
  description,
  options,
  laptop: laptopAlpha,
  checks: (chosen, around) => {
    const { partialChannels } = chosen;
    const { supernetChannels } = around;
    const findings = alphaChecks(chosen, around);
    if (supernetChannels === undefined || supernetChannels % partialChannels === 0) return findings;
    // The 4 of the paper, else the nearest below, else the nearest above.
    const divisors = [4, 3, 2, ...Array.from({ length: 60 }, (_, i) => i + 5)];
    const divisor = divisors.find((each) => supernetChannels % each === 0);
    const finding = {
      path: ['partialChannels'],
      message: `The supernet’s ${supernetChannels} channels cannot be divided into ${partialChannels} equal parts.`,
      hint: divisor
        ? `Use a divisor of space.channels, e.g. ${divisor}.`
        : 'Use an even number of space.channels.',
      ...(divisor && { instead: { value: divisor } }),
    };
    return [...findings, finding];
  },
  method: (chosen) => ({ ...chosen, edgeNormalization: true }),
} satisfies GradientStrategy<typeof options>;
