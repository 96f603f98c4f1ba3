/** PC-DARTS in the registry (Xu et al., 2020); `gradient/search.ts` does the work. */
import * as z from 'zod';
import { described } from '../../describe';
import type { GradientStrategy } from '../strategy';
import { alphaOptions, laptopAlpha } from './gradientOptions';

const description =
  'DARTS on a share of the channels, with a weight for every edge: a fraction of the memory, and less collapse (Xu et al., 2020).';

const options = z.strictObject({
  type: described(z.literal('pc-darts'), description),
  channelShare: described(
    z.number().int().min(2).max(64).default(4),
    'K: one in so many channels goes through the operations, the others pass by. Divides the supernet’s channels: another divisor where it does not, unless it is written.',
  ),
  ...alphaOptions({ warmupEpochs: 15, learningRate: 6e-4 }),
});

export type PcDartsOptions = z.output<typeof options>;

export const pcDarts = {
  kind: 'gradient',
  name: 'pc-darts',
  description,
  options,
  laptop: laptopAlpha,
} satisfies GradientStrategy<typeof options>;
