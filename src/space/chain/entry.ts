/** The space of chains in the registry. */
import * as z from 'zod';
import { described } from '../../describe';
import { frameSchema } from '../frame';
import { isConnection, operations } from '../operations';
import { operationChoice } from '../operations/choice';
import { chainConnections, chainSchema, type ChainConnections } from './genotype';
import { planChain } from './plan';
import { ChainSearchSpace } from './space';
import type { SpaceEntry } from '../entry';

const unique = <T>(values: readonly T[]): boolean => new Set(values).size === values.length;
const positiveInteger = z.number().int().min(1);

const options = z
  .strictObject({
    type: described(
      z.literal('chain'),
      'Layers one after the other, each with its own operation and channels (chain-structured spaces; Elsken et al., 2019, section 2).',
    ),
    operations: described(
      z
        .array(operationChoice(operations.filter(({ name }) => isConnection(name))))
        .min(1)
        .default(['conv_3x3', 'conv_5x5', 'max_pool_3x3', 'skip_connect']),
      'Operations a layer can have.',
    ),
    channels: described(
      z
        .array(positiveInteger.max(1024))
        .min(1)
        .refine(unique, 'every number once')
        .default([16, 32, 64, 128]),
      'Channels a layer’s output can have.',
    ),
    layers: described(
      z.array(positiveInteger.max(200)).min(1).refine(unique, 'every number once').default([10, 20, 50]),
      'Numbers of layers a network can have.',
    ),
    connections: described(
      z
        .array(z.enum(chainConnections))
        .min(1)
        .refine(unique, 'every way once')
        .default([...chainConnections]),
      'How layers can be connected: `sequential`; `skip` adds a layer’s input to its output; with `dense` a layer reads the outputs of all layers before it of its size.',
    ),
    reductions: described(
      z.number().int().min(0).max(5).default(2),
      'Layers that halve the image, evenly spaced; fewer than the fewest layers.',
    ),
  })
  .refine(({ layers, reductions }) => Math.min(...layers) > reductions, {
    path: ['reductions'],
    message: 'there have to be fewer reductions than layers',
  });

/** Part of a sentence. */
const connectionTexts: Readonly<Record<ChainConnections, string>> = {
  sequential: 'one after the other',
  skip: 'each with its input added to its output',
  dense: 'each reading all outputs of its size before it',
};

/** Part of a sentence with more room. */
const connectionSentences: Readonly<Record<ChainConnections, string>> = {
  sequential: 'one after the other',
  skip: 'one after the other, each with its input added to its output',
  dense: 'each reading the outputs of all layers before it that have its size',
};

export const chainEntry: SpaceEntry<typeof options, typeof chainSchema> = {
  name: 'chain',
  description:
    'Layers one after the other: operation, channels, number and connections (Elsken et al., 2019).',
  options,
  laptop: { channels: [8, 16, 32], layers: [4, 6, 8] },
  create: (chosen) => new ChainSearchSpace(chosen),
  genotype: chainSchema,
  network: frameSchema,
  operations: (chosen) => chosen.operations,
  plan: planChain,
  final: (_, __, frame) => frame,
  smallestSide: () => 1,
  format: ({ connections, layers }) => [
    {
      title: `Layers, ${connections}`,
      lines: layers.map(
        ({ operation, channels, stride }) => `${operation} ${channels}${stride === 2 ? ', stride 2' : ''}`,
      ),
    },
  ],
  words: ({ connections, layers: { length } }) => ({
    body: [`${length} layer${length === 1 ? '' : 's'}, ${connectionSentences[connections]}.`],
  }),
  drawing: ({ connections, layers }) => ({ kind: 'layers', note: connectionTexts[connections], layers }),
};
