/**
 * Genotypes: what a search finds, as plain data, and the file in which one is kept. The text form of a cell follows
 * DARTS: per node a list of (operation, input), inputs 0 and 1 being the outputs of the two cells before.
 */
import * as z from 'zod';
import { operationNames } from './operations';

export const cellKinds = ['normal', 'reduction'] as const;
export type CellKind = (typeof cellKinds)[number];

const operationName = z.string().refine((name) => name !== 'none' && operationNames.includes(name), {
  error: (issue) => `unknown operation ${JSON.stringify(issue.input)}; known: ${operationNames.join(', ')}`,
});

const genotypeEdge = z.object({
  operation: operationName,
  /** 0 and 1 are the cell's inputs, 2 … the nodes in order. */
  input: z.number().int().min(0),
});

const cellGenotype = z
  .object({
    /** One entry a node: its incoming edges, whose outputs are added. */
    nodes: z.array(z.array(genotypeEdge).min(1)).min(1).max(12),
    /** Which nodes are concatenated into the cell's output, numbered like `input`. */
    concat: z.array(z.number().int().min(0)).min(1),
  })
  .superRefine((cell, context) => {
    cell.nodes.forEach((edges, node) => {
      edges.forEach((edge, index) => {
        if (edge.input < node + 2) return;
        const path = ['nodes', node, index, 'input'];
        context.addIssue({
          code: 'custom',
          path,
          message: `node ${node} can only read inputs 0 to ${node + 1}`,
        });
      });
    });
    for (const index of cell.concat) {
      if (index < cell.nodes.length + 2) continue;
      context.addIssue({ code: 'custom', path: ['concat'], message: `there is no node ${index}` });
    }
  });

export const genotypeSchema = z.object({ normal: cellGenotype, reduction: cellGenotype });

export type GenotypeEdge = z.infer<typeof genotypeEdge>;
export type CellGenotype = z.infer<typeof cellGenotype>;
/** A normal and a reduction cell. */
export type Genotype = z.infer<typeof genotypeSchema>;

/** How cells are stacked into a network. */
export const skeletonSchema = z.object({
  /** Number of cells; those at ⌊L/3⌋ and ⌊2L/3⌋ are reduction cells. */
  cells: z.number().int().min(1).max(100),
  /** Channels C of the first cell's nodes; doubled by each reduction. */
  channels: z.number().int().min(1).max(1024),
  /** The stem has this many times C channels. */
  stemMultiplier: z.number().int().min(1).max(8),
  input: z.object({
    height: z.number().int().min(1).max(1024),
    width: z.number().int().min(1).max(1024),
    channels: z.number().int().min(1).max(64),
  }),
  classes: z.number().int().min(2).max(10_000),
});
export type Skeleton = z.infer<typeof skeletonSchema>;

/** `genotype.json` of a run folder, and the input of code generation. */
export const genotypeFileSchema = z.object({
  format: z.literal('nas-workbench/genotype'),
  version: z.literal(1),
  genotype: genotypeSchema,
  /** The network that is trained and generated from the genotype. */
  network: skeletonSchema,
  /** What the input values were normalized with, per channel: (value / 255 − mean) / deviation. */
  normalization: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }).optional(),
  classNames: z.array(z.string()).optional(),
  /** Where it comes from; goes into the header of generated code. */
  origin: z.object({
    name: z.string(),
    runId: z.string(),
    strategy: z.string(),
    data: z.string(),
    seed: z.number(),
    epoch: z.number(),
    backend: z.string(),
    createdAt: z.string(),
    tool: z.string(),
  }),
});
export type GenotypeFile = z.infer<typeof genotypeFileSchema>;

/** One line a node, e.g. `2 ← sep_conv_3x3(0) + skip_connect(1)`. */
export function formatCell(cell: CellGenotype): string[] {
  return cell.nodes.map((edges, node) => {
    const sum = edges.map((edge) => `${edge.operation}(${edge.input})`).join(' + ');
    return `${node + 2} ← ${sum}`;
  });
}

/** How many edges of a cell are skip connections: the sign of a collapsing search. */
export function skipCount(cell: CellGenotype): number {
  return cell.nodes.flat().filter((edge) => edge.operation === 'skip_connect').length;
}
