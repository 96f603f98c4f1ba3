/** Genotypes of NAS-Bench-201 (Dong & Yang, 2020): the operations of the six edges of its one cell. */
import * as z from 'zod';
import { operationName } from '../operations/name';

export const bench201Schema = z.object({
  space: z.literal('nasbench201'),
  /** Of the edges 0→1, 0→2, 1→2, 0→3, 1→3, 2→3. */
  operations: z.array(operationName).length(6),
});

/** Operations of the six edges of the one cell of NAS-Bench-201. */
export type Bench201Genotype = z.infer<typeof bench201Schema>;
