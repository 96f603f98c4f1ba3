/** Costs of whole networks: found networks and supernets, both given as plans. */
import type { CellPlan, NetworkPlan } from '../space/cell/plan';
import type { Shape } from '../space/layers';
import { addCosts, layersCost, noCost, type Cost } from './layers';

function cellCost(cell: CellPlan): Cost {
  const inside: Shape = { ...cell.output, channels: cell.channels };
  const edges = cell.nodes.flat().flatMap((edge) => {
    const input = edge.from < 2 ? cell.entry : inside;
    const candidates = edge.candidates.map((candidate) => layersCost(candidate.layers, input));
    // Mixing weighs every candidate's output by its share of the softmax and keeps the weighted copy.
    const mixed = edge.candidates.length > 1 ? edge.candidates.length : 0;
    const activations = mixed * inside.height * inside.width * inside.channels;
    return [...candidates, { ...noCost, activations }];
  });
  const preprocess = cell.preprocess.map((layers, index) => layersCost(layers, cell.inputs[index]!));
  const sums = cell.nodes.length * inside.height * inside.width * inside.channels;
  const output = cell.output.height * cell.output.width * cell.output.channels;
  return addCosts(...preprocess, ...edges, { ...noCost, activations: sums + output });
}

/** Parameters, multiply–accumulates and activations of a network, classifier included. */
export function networkCost(plan: NetworkPlan): Cost {
  const { input, classes } = plan.skeleton;
  const classifier: Cost = {
    parameters: (plan.features.channels + 1) * classes,
    flops: plan.features.channels * classes,
    activations: plan.features.channels + classes,
  };
  return addCosts(layersCost(plan.stem, input), ...plan.cells.map(cellCost), classifier);
}

/**
 * Bytes that one training step of a supernet keeps at once: activations of the batch and their gradients' working
 * copies, weights, gradient and momentum. An estimate from the layers alone.
 */
export function supernetMemory(plan: NetworkPlan, batchSize: number): number {
  const { activations, parameters } = networkCost(plan);
  return 4 * (activations * batchSize + 4 * parameters);
}
