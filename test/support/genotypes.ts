/** Published genotypes, for tests of numbers. */
import type { CellGenotype, CellPairGenotype } from '../../src/space/cell/genotype';

const names: Readonly<Record<string, string>> = {
  sep3: 'sep_conv_3x3',
  sep5: 'sep_conv_5x5',
  dil3: 'dil_conv_3x3',
  skip: 'skip_connect',
  max: 'max_pool_3x3',
  avg: 'avg_pool_3x3',
};

/** Reads `sep3,1 sep3,0 | skip,0 sep3,1`: nodes by bars, edges by spaces. */
function cell(text: string): CellGenotype {
  const nodes = text.split('|').map((node) =>
    node
      .trim()
      .split(/\s+/)
      .map((edge) => {
        const [operation, input] = edge.split(',') as [string, string];
        return { operation: names[operation]!, input: Number(input) };
      }),
  );
  return { nodes, concat: nodes.map((_, i) => i + 2) };
}

function genotype(normal: string, reduction: string): CellPairGenotype {
  return { space: 'cell', normal: cell(normal), reduction: cell(reduction) };
}

/** As published cells have it: `none` on edges, nodes without edges, and a node that reads zeros alone. */
export const zeroEdges: CellPairGenotype = {
  space: 'cell',
  normal: {
    nodes: [
      [
        { operation: 'none', input: 0 },
        { operation: 'sep_conv_3x3', input: 1 },
      ],
      [],
      [
        { operation: 'none', input: 2 },
        { operation: 'skip_connect', input: 3 },
      ],
      [
        { operation: 'conv_3x3', input: 3 },
        { operation: 'skip_connect', input: 2 },
      ],
    ],
    concat: [2, 4, 5],
  },
  reduction: {
    nodes: [
      [
        { operation: 'max_pool_3x3', input: 1 },
        { operation: 'none', input: 0 },
      ],
      [],
      [{ operation: 'none', input: 3 }],
    ],
    concat: [2, 3, 4],
  },
};
export const dartsV1 = genotype(
  'sep3,1 sep3,0 | skip,0 sep3,1 | skip,0 sep3,1 | sep3,0 skip,2',
  'max,0 max,1 | skip,2 max,0 | max,0 skip,2 | skip,2 avg,0',
);
export const dartsV2 = genotype(
  'sep3,0 sep3,1 | sep3,0 sep3,1 | sep3,1 skip,0 | skip,0 dil3,2',
  'max,0 max,1 | skip,2 max,1 | max,0 skip,2 | skip,2 max,1',
);
export const pcDartsCifar = genotype(
  'sep3,1 skip,0 | sep3,0 dil3,1 | sep5,0 sep3,1 | avg,0 dil3,1',
  'sep5,1 max,0 | sep5,1 sep5,2 | sep3,0 sep3,3 | sep3,1 sep3,2',
);
