/** Costs of whole networks: found networks and supernets, both given as plans. */
import { classifierInputs, stateShape, type CellPlan, type EdgePlan, type NetworkPlan } from '../space/plan';
import type { Shape } from '../space/layers';
import { addCosts, layersCost, noCost, type Cost } from './layers';

const values = ({ height, width, channels }: Shape): number => height * width * channels;

function edgeCost(cell: CellPlan, { from, candidates, bypass }: EdgePlan): Cost {
  const state = stateShape(cell, from);
  const taking = state.channels / cell.partial;
  const costs = candidates.map(({ layers }) => layersCost(layers, { ...state, channels: taking }));
  const passing = layersCost(bypass ?? [], { ...state, channels: state.channels - taking });
  // Mixing weighs every candidate's output by its share of the softmax and keeps the weighted copy.
  const copies = candidates.length > 1 && cell.kind !== 'fixed' ? candidates.length / cell.partial : 0;
  // What passes by is weighted, and concatenated to the mixture.
  const joined = bypass ? 2 - 1 / cell.partial : 0;
  const output = values({ ...cell.output, channels: cell.channels });
  return addCosts(...costs, passing, { ...noCost, activations: (copies + joined) * output });
}

function cellCost(cell: CellPlan): Cost {
  const edges = cell.nodes.flat().map((edge) => edgeCost(cell, edge));
  const preprocess = cell.preprocess.map((layers, index) => layersCost(layers, cell.inputs[index]!));
  const sums = cell.nodes.length * values({ ...cell.output, channels: cell.channels });
  return addCosts(...preprocess, ...edges, { ...noCost, activations: sums + values(cell.output) });
}

/** A linear layer with bias. */
function linearCost(inputs: number, outputs: number): Cost {
  return { parameters: (inputs + 1) * outputs, flops: inputs * outputs, activations: outputs };
}

/** From the features on: global average pooling, the hidden layer where there is one, the classifier. */
function classifierCost(plan: NetworkPlan): Cost {
  const { channels } = plan.features;
  const pooled: Cost = { ...noCost, activations: channels };
  const classifier = linearCost(classifierInputs(plan), plan.classes);
  if (!plan.hidden) return addCosts(pooled, classifier);
  const { units } = plan.hidden;
  return addCosts(pooled, linearCost(channels, units), { ...noCost, activations: units }, classifier);
}

/** Parameters, multiply–accumulates and activations of a network, classifier included. */
export function networkCost(plan: NetworkPlan): Cost {
  const { input, cells } = plan;
  const head = layersCost(plan.head, cells.at(-1)?.output ?? plan.features);
  return addCosts(layersCost(plan.stem, input), ...cells.map(cellCost), head, classifierCost(plan));
}
