/** The space of inverted residual blocks in the registry. */
import * as z from 'zod';
import { described } from '../../describe';
import { frameSchema } from '../frame';
import { activations } from '../layers';
import { bases, type BaseName } from './bases';
import { stageTable } from './drawing';
import { mbconvParts, mbconvSchema } from './genotype';
import { planMbconv } from './plan';
import { scaleGenotype } from './scaling';
import { MbconvSearchSpace } from './space';
import { mbconvWords } from './words';
import type { SpaceEntry } from '../entry';

const unique = <T>(values: readonly T[]): boolean => new Set(values).size === values.length;
const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).refine(unique, 'every value once');

const kernels = list(z.union([z.literal(3), z.literal(5), z.literal(7)]));
const expansions = list(z.number().min(1).max(12));
const squeezeExcite = list(z.boolean());

const stage = z.strictObject({
  channels: described(z.number().int().min(1).max(2048), 'Channels of the stage’s output.'),
  stride: described(z.union([z.literal(1), z.literal(2)]).default(1), 'Stride of the first block.'),
  activation: described(z.enum(activations).default('hard_swish'), 'Nonlinearity inside the blocks.'),
  depths: described(list(z.number().int().min(1).max(50)), 'Numbers of blocks the stage can have.'),
  kernels: described(kernels.optional(), 'Kernels of this stage, instead of the space’s.'),
  expansions: described(expansions.optional(), 'Expansions of this stage, instead of the space’s.'),
  squeezeExcite: described(squeezeExcite.optional(), 'Whether this stage’s blocks gate their channels.'),
});

const options = z.strictObject({
  type: described(
    z.literal('mbconv'),
    'Stages of inverted residual blocks with squeeze-and-excitation (MobileNetV3, EfficientNet).',
  ),
  base: described(
    z.enum(Object.keys(bases) as [BaseName, ...BaseName[]]).default('small'),
    'Where stem, stages, gate and head come from. `small` is for images of about 28×28, the others are for large images and hold the published network.',
  ),
  stages: described(z.array(stage).min(1).max(20).optional(), 'Stages, instead of the base’s.'),
  kernels: described(
    kernels.default([3, 5, 7]),
    'Sizes of the depthwise convolution, in stages without a list of their own.',
  ),
  expansions: described(
    expansions.default([3, 4, 6]),
    'By how much a block widens its input, in stages without a list of their own. 1: not at all.',
  ),
  squeezeExcite: described(
    squeezeExcite.default([false, true]),
    'Whether blocks gate their channels by squeeze-and-excitation, in stages without a list of their own.',
  ),
  widths: described(
    list(z.number().min(0.1).max(4)).default([1]),
    'Factors of all channels a network can have, rounded to multiples of 8.',
  ),
  stem: described(mbconvParts.stem.optional(), 'The first convolution, instead of the base’s.'),
  gate: described(
    mbconvParts.gate.optional(),
    'End of squeeze-and-excitation, instead of the base’s: `hard_sigmoid` as in MobileNetV3, `sigmoid` as in EfficientNet.',
  ),
  head: described(mbconvParts.head.optional(), 'What follows the stages, instead of the base’s.'),
});

export const mbconvEntry: SpaceEntry<typeof options, typeof mbconvSchema> = {
  name: 'mbconv',
  description:
    'Stages of inverted residual blocks (MobileNetV3, Howard et al., 2019; EfficientNet, Tan & Le, 2019).',
  options,
  create: (chosen) => new MbconvSearchSpace(chosen),
  genotype: mbconvSchema,
  network: frameSchema,
  plan: planMbconv,
  final: (_, __, frame) => frame,
  smallestSide: () => 1,
  format: ({ stages }) =>
    stages.map(({ channels, stride, activation, blocks }, i) => ({
      title: `Stage ${i + 1}: ${channels} channels, stride ${stride}, ${activation}`,
      lines: blocks.map(
        ({ kernel, hidden, squeeze }) =>
          `${kernel}×${kernel}, ${hidden} inside${squeeze > 0 ? `, squeeze-and-excitation ${squeeze}` : ''}`,
      ),
    })),
  words: mbconvWords,
  drawing: stageTable,
  scaled: scaleGenotype,
};
