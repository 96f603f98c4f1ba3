/** The cell space in the registry. */
import * as z from 'zod';
import { described } from '../../describe';
import { cellFindings } from './findings';
import { cellPairSchema, formatCell } from './genotype';
import { planFoundNetwork, smallestSide } from './plan';
import { CellSearchSpace } from './space';
import { cellWords } from './words';
import { cellKinds, skeletonSchema } from '../frame';
import { dartsOperations, operations } from '../operations';
import { operationChoice } from '../operations/choice';
import type { SpaceEntry } from '../entry';

const positiveInteger = z.number().int().min(1);

const options = z
  .strictObject({
    type: described(z.literal('cell').default('cell'), 'Cells stacked into a network (NASNet, DARTS).'),
    operations: described(
      z
        .array(operationChoice(operations))
        .min(1)
        .default([...dartsOperations]),
      'Candidate operations of every edge. At least one beside `none`.',
    ),
    nodes: described(
      positiveInteger.max(8).default(4),
      'Intermediate nodes of a cell. Edges grow with its square.',
    ),
    minNodes: described(
      positiveInteger.max(8).optional(),
      'Fewest nodes of a cell, for strategies that judge one architecture after the other: every number up to `nodes` is then in the space. Unless given, all cells have `nodes`. Gradient strategies always find cells with `nodes`.',
    ),
    inputsPerNode: described(
      positiveInteger.max(8).default(2),
      'Incoming edges that each node of the found cell keeps.',
    ),
    cells: described(
      z.number().int().min(3).max(50).default(8),
      'Cells of the supernet. Those at one and two thirds of the depth halve the image and double the channels; with fewer than 3 there would be no normal cell.',
    ),
    channels: described(positiveInteger.max(256).default(16), 'Channels C of the supernet’s first cell.'),
    stemMultiplier: described(
      positiveInteger.max(8).default(3),
      'The first convolution has this many times C channels.',
    ),
  })
  .refine(({ nodes, minNodes = nodes }) => minNodes <= nodes, {
    path: ['minNodes'],
    message: 'there have to be at most as many as `nodes`',
  });

export const cellEntry: SpaceEntry<typeof options, typeof cellPairSchema, typeof skeletonSchema> = {
  name: 'cell',
  description: 'Cells stacked into a network: one normal, one reduction cell (NASNet, DARTS).',
  options,
  laptop: { nodes: 2, cells: 3, channels: 8, stemMultiplier: 1 },
  create: (chosen) => new CellSearchSpace(chosen),
  genotype: cellPairSchema,
  network: skeletonSchema,
  cells: { kinds: cellKinds, inputs: 2, whole: false },
  operations: (chosen) => chosen.operations,
  plan: planFoundNetwork,
  final: ({ stemMultiplier }, { cells, channels }, frame) => ({ cells, channels, stemMultiplier, ...frame }),
  smallestSide: ({ cells }, final) => Math.max(smallestSide(cells), final ? smallestSide(final.cells) : 1),
  format: ({ normal, reduction }) => [
    { title: 'Normal cell', lines: formatCell(normal) },
    { title: 'Reduction cell', lines: formatCell(reduction) },
  ],
  words: cellWords,
  drawing: ({ normal, reduction }) => ({ kind: 'cells', cells: { normal, reduction } }),
  findings: cellFindings,
  normalOperations: ({ normal }) => normal.nodes.flat().map(({ operation }) => operation),
};
