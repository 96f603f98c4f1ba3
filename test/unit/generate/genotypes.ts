/** Genotypes that bring out every case of code generation. */
import { Random } from '../../../src/random';
import { sampleGenotype, selectableOperations, type CellSpace } from '../../../src/space/cell/space';
import type { CellGenotype, Genotype } from '../../../src/space/genotype';
import { operationNames } from '../../../src/space/operations';

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

export const everyOperation: Genotype = { normal: everyOperationCell(), reduction: everyOperationCell() };

/** A chain that reads the older input alone: half of the cells have no effect on the output. */
export const olderInputOnly: Genotype = {
  normal: {
    nodes: [[{ operation: 'sep_conv_3x3', input: 0 }], [{ operation: 'skip_connect', input: 2 }]],
    concat: [3],
  },
  reduction: { nodes: [[{ operation: 'max_pool_3x3', input: 1 }]], concat: [2] },
};

/** @returns a genotype a seed, of spaces of all shapes */
export function randomGenotype(seed: number): Genotype {
  const random = Random.fromSeed(seed, 'genotype');
  const nodes = 1 + random.integer(5);
  return sampleGenotype(spaceOf(nodes, 1 + random.integer(3)), random);
}
