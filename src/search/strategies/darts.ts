/** DARTS in the registry (Liu et al., 2019); `gradient/search.ts` does the work. */
import * as z from 'zod';
import { described } from '../../describe';
import type { GradientStrategy } from '../strategy';
import { alphaChecks, alphaOptions, laptopAlpha } from './gradientOptions';

const options = z.strictObject({
  type: described(
    z.literal('darts').default('darts'),
    'Differentiable search: α and the weights of a supernet are trained in turns (Liu et al., 2019).',
  ),
  ...alphaOptions({ warmupEpochs: 0, learningRate: 3e-4 }),
});

export const darts = {
  kind: 'gradient',
  name: 'darts',
  description:
    'Differentiable search: α and the weights of a supernet are trained in turns (Liu et al., 2019).',
  options,
  laptop: laptopAlpha,
  checks: alphaChecks,
  method: (chosen) => ({ ...chosen, edgeNormalization: false, partialChannels: 1 }),
} satisfies GradientStrategy<typeof options>;
