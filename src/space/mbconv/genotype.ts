/** Genotypes of MobileNetV3 and EfficientNet: stages of inverted residual blocks between a stem and a head. */
import * as z from 'zod';
import { described } from '../../describe';
import { activations, gates } from '../layers';

const width = z.number().int().min(1).max(16384);
const strideSchema = z.union([z.literal(1), z.literal(2)]);

/** What MBConv networks have around their stages. */
export const mbconvParts = {
  stem: z.strictObject({
    channels: described(width, 'Filters of the first convolution.'),
    stride: described(strideSchema, 'Stride of the first convolution: 2 halves the image.'),
    activation: described(z.enum(activations), 'Nonlinearity of the stem.'),
  }),
  /** What gates squeeze-and-excitation: `sigmoid` (EfficientNet, swish inside) or `hard_sigmoid` (MobileNetV3, ReLU inside). */
  gate: z.enum(gates),
  head: z.strictObject({
    channels: described(width, 'Filters of the 1×1 convolution before global pooling.'),
    activation: described(z.enum(activations), 'Nonlinearity of the head.'),
    hidden: described(
      z.number().int().min(0).max(16384),
      'Width of a linear layer between pooling and the classifier (MobileNetV3); 0: none.',
    ),
  }),
};

/** Self-contained: everything that `planMbconv` builds the network from, image and classes aside. */
export const mbconvSchema = z.object({
  space: z.literal('mbconv'),
  ...mbconvParts,
  stages: z
    .array(
      z.object({
        channels: width,
        /** Of the first block. */
        stride: strideSchema,
        activation: z.enum(activations),
        blocks: z
          .array(
            z.object({
              kernel: z.union([z.literal(3), z.literal(5), z.literal(7)]),
              /** Channels between the two 1×1 convolutions. */
              hidden: width,
              /** Channels of the bottleneck of squeeze-and-excitation; 0: none. */
              squeeze: z.number().int().min(0).max(16384),
            }),
          )
          .min(1)
          .max(50),
      }),
    )
    .min(1)
    .max(20),
});

/** Stages of inverted residual blocks. */
export type MbconvGenotype = z.infer<typeof mbconvSchema>;
