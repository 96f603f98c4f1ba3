/** What the schema of a pair of cells leaves open: wiring that no framework could build, or no training could use. */
import type { GenotypeFinding } from '../entry';
import { cellKinds, type CellKind, type Skeleton } from '../frame';
import { isConnection } from '../operations';
import type { CellGenotype, CellPairGenotype } from './genotype';
import { cellKind } from './plan';

/** Inputs and nodes that the output of a cell is made from, by all edges or by those that are more than zeros. */
function readStates({ nodes, concat }: CellGenotype, counts: (operation: string) => boolean): Set<number> {
  const read = new Set(concat);
  for (let node = nodes.length - 1; node >= 0; node--) {
    if (!read.has(node + 2)) continue;
    for (const { operation, input } of nodes[node]!) if (counts(operation)) read.add(input);
  }
  return read;
}

/** Whether the image reaches the classifier: otherwise the answer is the same for every image. */
function isConnected(genotype: CellPairGenotype, cells: number): boolean {
  const reads: Readonly<Record<CellKind, Set<number>>> = {
    normal: readStates(genotype.normal, isConnection),
    reduction: readStates(genotype.reduction, isConnection),
  };
  let older = true;
  let newer = true;
  for (let index = 0; index < cells; index++) {
    const read = reads[cellKind(index, cells)];
    [older, newer] = [newer, (read.has(0) && older) || (read.has(1) && newer)];
  }
  return newer;
}

export function cellFindings(genotype: CellPairGenotype, { cells }: Skeleton): GenotypeFinding[] {
  const found: GenotypeFinding[] = [];
  for (const kind of cellKinds) {
    const read = readStates(genotype[kind], () => true);
    genotype[kind].nodes.forEach((_, node) => {
      // Nodes that neither the output nor another node reads could not learn.
      if (read.has(node + 2)) return;
      found.push({
        path: `${kind}.nodes[${node}]`,
        message: `node ${node + 2} is read by no other node and is not in "concat"`,
      });
    });
  }
  const input = genotype.reduction.concat.find((index) => index < 2);
  if (input !== undefined) {
    found.push({
      path: 'reduction.concat',
      message: `${input} is an input of the cell and larger than its nodes; only nodes (2 and up) can be joined here`,
    });
  }
  if (!isConnected(genotype, cells)) {
    found.push({
      path: 'normal',
      message:
        'no path of operations other than "none" leads through these cells from the image to the output',
    });
  }
  return found;
}
