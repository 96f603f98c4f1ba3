/**
 * Genotypes of stacked cells: a normal and a reduction cell. The form follows DARTS: per node a list of (operation, input),
 * inputs 0 and 1 being the outputs of the two cells before.
 */
import * as z from 'zod';
import { operationName } from '../operations/name';

const edgeSchema = z.object({
  /** `none` is an edge that adds zeros. */
  operation: operationName,
  /** 0 and 1 are the cell's inputs, 2 … the nodes in order. */
  input: z.number().int().min(0),
});

const cellSchema = z
  .object({
    /** One entry a node: its incoming edges, whose outputs are added. A node without any is zeros. */
    nodes: z.array(z.array(edgeSchema)).min(1).max(12),
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

export const cellPairSchema = z.object({
  space: z.literal('cell'),
  normal: cellSchema,
  reduction: cellSchema,
});

export type GenotypeEdge = z.infer<typeof edgeSchema>;
export type CellGenotype = z.infer<typeof cellSchema>;
/** A normal and a reduction cell. */
export type CellPairGenotype = z.infer<typeof cellPairSchema>;

/** One line a node, e.g. `2 ← sep_conv_3x3(0) + skip_connect(1)`; `3 ← zeros` without edges. */
export function formatCell(cell: CellGenotype): string[] {
  return cell.nodes.map((edges, node) => {
    const sum = edges.map((edge) => `${edge.operation}(${edge.input})`).join(' + ');
    return `${node + 2} ← ${sum || 'zeros'}`;
  });
}
