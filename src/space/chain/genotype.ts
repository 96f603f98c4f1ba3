/** Genotypes of chains: layers one after the other, and how they are connected. */
import * as z from 'zod';
import { isConnection } from '../operations';
import { operationName } from '../operations/name';

/** How the layers of a chain are connected. */
export const chainConnections = ['sequential', 'skip', 'dense'] as const;
export type ChainConnections = (typeof chainConnections)[number];

/** There is no way around a layer of zeros, but beside a skip it does nothing. */
const layerOperation = operationName.refine(isConnection, {
  error: ({ input }) =>
    `${JSON.stringify(input)} would cut the chain at this layer; leave the layer out, or use "skip_connect"`,
});

export const chainSchema = z.object({
  space: z.literal('chain'),
  /** `skip`: a layer's input is added to its output. `dense`: a layer reads all outputs of its size before it. */
  connections: z.enum(chainConnections),
  layers: z
    .array(
      z.object({
        operation: layerOperation,
        /** Of the layer's output. */
        channels: z.number().int().min(1).max(4096),
        stride: z.union([z.literal(1), z.literal(2)]),
      }),
    )
    .min(1)
    .max(200),
});

/** Layers one after the other. */
export type ChainGenotype = z.infer<typeof chainSchema>;
