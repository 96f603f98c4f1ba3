/**
 * The part of a network that its output depends on. A genotype whose cells never read one of their inputs leaves layers
 * without effect; a functional model (Keras, TensorFlow.js) does not contain them. Nor has what is read through `none` alone
 * an effect, but such a model contains it.
 */
import { givesZeros } from '../space/layers';
import type { CellPlan, EdgePlan, NetworkPlan } from '../space/plan';

function isZero({ candidates }: EdgePlan): boolean {
  return candidates.every(({ layers }) => givesZeros(layers));
}

/** Inputs and nodes, numbered as in a genotype, that the cell's output depends on. */
function usedStates({ inputs, nodes, concat }: CellPlan, throughZeros: boolean): Set<number> {
  const used = new Set(concat);
  for (let node = nodes.length - 1; node >= 0; node--) {
    if (!used.has(node + inputs.length)) continue;
    for (const edge of nodes[node]!) if (throughZeros || !isZero(edge)) used.add(edge.from);
    // Where a node has no edges, generated code takes the shape of its zeros from the first input.
    if (throughZeros && nodes[node]!.length === 0) used.add(0);
  }
  return used;
}

/**
 * The plan without cells, nodes and layers that have no effect on the output; their place stays, empty.
 * @param throughZeros whether a zeroed edge counts as a way to the output, as it does in a functional model
 */
export function reachablePlan(plan: NetworkPlan, throughZeros = true): NetworkPlan {
  // Output i + 2 is that of cell i; 0 and 1 are both the stem.
  const needed = new Set([plan.cells.length + 1]);
  const cells = [...plan.cells];
  for (let index = cells.length - 1; index >= 0; index--) {
    const cell = cells[index]!;
    const count = cell.inputs.length;
    const used = needed.has(index + 2) ? usedStates(cell, throughZeros) : new Set<number>();
    cell.inputs.forEach((_, input) => {
      if (used.has(input)) needed.add(index + 2 - count + input);
    });
    cells[index] = {
      ...cell,
      preprocess: cell.preprocess.map((layers, input) => (used.has(input) ? layers : [])),
      nodes: cell.nodes.map((edges, node) => (used.has(node + count) ? edges : [])),
    };
  }
  return { ...plan, cells };
}
