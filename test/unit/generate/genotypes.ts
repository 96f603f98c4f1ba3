/** Genotypes that bring out every case of code generation. */
import { Random } from '../../../src/random';
import { selectableOperations, type CellSpace } from '../../../src/space/cell/alpha';
import type { CellGenotype, CellPairGenotype } from '../../../src/space/cell/genotype';
import type { Layer, Stride } from '../../../src/space/layers';
import { operationNames, operations, type Operation } from '../../../src/space/operations';
import { sampleCells } from '../../support/cellSpaces';

export function spaceOf(nodes: number, inputsPerNode: number, operations = operationNames): CellSpace {
  return { operations, nodes, inputsPerNode };
}

/** Every selectable operation on both inputs of the cell, and once between nodes. */
function everyOperationCell(): CellGenotype {
  const names = selectableOperations(spaceOf(1, 2));
  const nodes = names.map((operation, node) => [
    { operation, input: 0 },
    { operation, input: 1 },
    ...(node > 0 ? [{ operation, input: node + 1 }] : []),
  ]);
  return { nodes, concat: nodes.map((_, node) => node + 2) };
}

export const everyOperation: CellPairGenotype = {
  space: 'cell',
  normal: everyOperationCell(),
  reduction: everyOperationCell(),
};

/** A chain that reads the older input alone: half of the cells have no effect on the output. */
export const olderInputOnly: CellPairGenotype = {
  space: 'cell',
  normal: {
    nodes: [[{ operation: 'sep_conv_3x3', input: 0 }], [{ operation: 'skip_connect', input: 2 }]],
    concat: [3],
  },
  reduction: { nodes: [[{ operation: 'max_pool_3x3', input: 1 }]], concat: [2] },
};

/** @returns a genotype a seed, of spaces of all shapes */
export function randomGenotype(seed: number): CellPairGenotype {
  const random = Random.fromSeed(seed, 'genotype');
  const nodes = 1 + random.integer(5);
  return sampleCells(spaceOf(nodes, 1 + random.integer(3)), random);
}

const conv = (kernel: number, stride: Stride, filters: number): Layer => ({
  kind: 'conv',
  kernel,
  stride,
  filters,
});

/** No generated code depends on it. */
export const look: Operation['look'] = { family: 'dense', word: 'test' };

/** Operations that are not in the registry, made of what those in it do not use. */
export const unusualOperations: readonly Operation[] = [
  {
    // Another structure where the size halves, and a name that the generated helpers have.
    name: 'conv_9x9',
    description: '',
    look,
    layers: ({ channels, stride, affine }) =>
      stride === 1
        ? [conv(9, 1, channels), { kind: 'batchNorm', affine }]
        : [conv(9, 2, 2 * channels), { kind: 'relu' }, conv(1, 1, channels), { kind: 'batchNorm', affine }],
  },
  { name: 'conv_7x7', description: '', look, layers: ({ channels, stride }) => [conv(7, stride, channels)] },
  {
    name: 'branches',
    description: '',
    look,
    layers: ({ channels, stride }) => [
      {
        kind: 'parallel',
        branches: [
          [{ kind: 'maxPool', kernel: 3, stride }, conv(1, 1, Math.floor(channels / 2))],
          [
            { kind: 'shift' },
            { kind: 'depthwise', kernel: 3, stride, dilation: 2 },
            conv(1, 1, channels - Math.floor(channels / 2)),
          ],
          // A number that follows no formula, and a branch of two convolutions.
          [{ kind: 'avgPool', kernel: 3, stride }, conv(1, 1, Math.ceil(Math.sqrt(channels)))],
        ],
      },
      conv(1, 1, channels),
    ],
  },
];

/** Runs with operations in the registry that are not there otherwise. */
export function withOperations<T>(added: readonly Operation[], run: () => T): T {
  const registry = operations as Operation[];
  registry.push(...added);
  try {
    return run();
  } finally {
    registry.splice(registry.length - added.length, added.length);
  }
}

/** Each of the operations on both inputs of the cell. */
export function cellsOf(...names: string[]): CellPairGenotype {
  const nodes = names.map((operation) => [
    { operation, input: 0 },
    { operation, input: 1 },
  ]);
  const cell = { nodes, concat: names.map((_, i) => i + 2) };
  return { space: 'cell', normal: cell, reduction: cell };
}
