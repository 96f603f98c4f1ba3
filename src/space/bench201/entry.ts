/** The space of NAS-Bench-201 in the registry. */
import * as z from 'zod';
import { described } from '../../describe';
import { drawnBench201, isConnectedBench201 } from './forms';
import { bench201Schema, type Bench201Genotype } from './genotype';
import { bench201Operations, planBench201Network } from './plan';
import { Bench201SearchSpace } from './space';
import { skeletonSchema } from '../frame';
import { operations } from '../operations';
import { operationChoice } from '../operations/choice';
import type { FormattedPart, SpaceEntry } from '../entry';

const options = z.strictObject({
  type: described(
    z.literal('nasbench201'),
    'One cell of six edges, all of them kept, stacked in three stages (NAS-Bench-201).',
  ),
  operations: described(
    z
      .array(operationChoice(operations))
      .min(1)
      .default([...bench201Operations]),
    'Operations an edge can have. The five of the benchmark unless given.',
  ),
  cellsPerStage: described(
    z.number().int().min(1).max(20).default(5),
    'Cells N in each of the three stages while searching.',
  ),
  channels: described(
    z.number().int().min(1).max(256).default(16),
    'Channels of the first stage; each later one has twice as many.',
  ),
});

/** In each of the three, of a network that is to have so many cells. */
const cellsPerStage = (cells: number): number => Math.max(1, Math.round(cells / 3));

const cellPart = ({ operations: [a, b, c, d, e, f] }: Bench201Genotype): FormattedPart => ({
  title: 'Cell',
  lines: [`1 ← ${a}(0)`, `2 ← ${b}(0) + ${c}(1)`, `3 ← ${d}(0) + ${e}(1) + ${f}(2)`],
});

export const bench201Entry: SpaceEntry<typeof options, typeof bench201Schema, typeof skeletonSchema> = {
  name: 'nasbench201',
  description: 'One cell of six edges, all of them kept, in three stages (Dong & Yang, 2020).',
  options,
  laptop: { cellsPerStage: 1, channels: 8 },
  create: (chosen) => new Bench201SearchSpace(chosen),
  genotype: bench201Schema,
  network: skeletonSchema,
  cells: { kinds: ['normal'], inputs: 1, whole: true },
  operations: (chosen) => chosen.operations,
  plan: ({ operations: cell }, { cells, ...rest }) =>
    planBench201Network(cell, { ...rest, cellsPerStage: cellsPerStage(cells) }),
  final: (_, { cells, channels }, frame) => ({ cells, channels, stemMultiplier: 1, ...frame }),
  // Two residual blocks halve the image.
  smallestSide: () => 4,
  format: (genotype) => [cellPart(genotype)],
  words: (genotype, { cells, channels }) => ({
    body: [cellPart(genotype), '0 is the input of the cell, 3 its output.'],
    facts: [
      [
        'Cells',
        `${cellsPerStage(cells)} in each of 3 stages; ${channels} channels, doubled by each later stage`,
      ],
    ],
    unused: 'nodes of the cell that nothing reads',
  }),
  drawing: ({ operations: cell }) => ({ kind: 'cells', cells: { only: drawnBench201(cell) } }),
  findings: ({ operations: cell }) =>
    isConnectedBench201(cell)
      ? []
      : [
          {
            path: 'operations',
            message: 'no path of operations other than "none" leads from the input of the cell to its output',
          },
        ],
  normalOperations: ({ operations: cell }) => cell,
};
