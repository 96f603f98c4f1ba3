/** The space of NAS-Bench-201 in the registry. */
import * as z from 'zod';
import { described, describedEnum } from '../../describe';
import { bench201Operations } from './plan';
import { Bench201SearchSpace } from './space';
import { operations } from '../operations';
import type { SpaceEntry } from '../entry';

const options = z.strictObject({
  type: described(
    z.literal('nasbench201'),
    'One cell of six edges, all of them kept, stacked in three stages (NAS-Bench-201).',
  ),
  operations: described(
    z
      .array(describedEnum(operations))
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

export const bench201Entry = {
  name: 'nasbench201',
  description: 'One cell of six edges, all of them kept, in three stages (Dong & Yang, 2020).',
  options,
  laptop: { cellsPerStage: 1, channels: 8 },
  create: (chosen) => new Bench201SearchSpace(chosen),
} satisfies SpaceEntry<typeof options>;
