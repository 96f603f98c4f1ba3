/**
 * The part of a network that its output depends on. A genotype whose cells never read one of their inputs leaves layers
 * without effect; a functional model (Keras, TensorFlow.js) does not contain them.
 */
import type { CellPlan, NetworkPlan } from '../space/cell/plan';

/** Inputs and nodes, numbered as in a genotype, that the cell's output depends on. */
function usedStates(cell: CellPlan): Set<number> {
  const used = new Set(cell.concat);
  for (let node = cell.nodes.length - 1; node >= 0; node--) {
    if (!used.has(node + 2)) continue;
    for (const edge of cell.nodes[node]!) used.add(edge.from);
  }
  return used;
}

/** The plan without cells, nodes and layers that have no effect on the output; their place stays, empty. */
export function reachablePlan(plan: NetworkPlan): NetworkPlan {
  // Output i + 2 is that of cell i; 0 and 1 are both the stem.
  const needed = new Set([plan.cells.length + 1]);
  const cells = [...plan.cells];
  for (let index = cells.length - 1; index >= 0; index--) {
    const cell = cells[index]!;
    const used = needed.has(index + 2) ? usedStates(cell) : new Set<number>();
    for (const input of [0, 1]) if (used.has(input)) needed.add(index + input);
    const preprocess = cell.preprocess.map((layers, input) => (used.has(input) ? layers : []));
    cells[index] = {
      ...cell,
      preprocess: [preprocess[0]!, preprocess[1]!],
      nodes: cell.nodes.map((edges, node) => (used.has(node + 2) ? edges : [])),
    };
  }
  return { ...plan, cells };
}
