/** The auxiliary classifier of a network under training. */
import { layersOutput, reluConvBn, type Layer, type Shape } from '../space/layers';
import type { AuxiliaryPlan, CellPlan, NetworkPlan } from '../space/plan';

/**
 * The same network with a second classifier that reads the cell at ⌊2L/3⌋, the second reduction of a stack of cells, or the last
 * but one where that is the last. It is that of DARTS (Liu et al., 2019) – ReLU, 1 × 1 convolution to 128 channels, BN, ReLU,
 * convolution to 768, BN, ReLU, linear layer – made to fit any map: its second convolution is 3 × 3 of stride 2 where DARTS
 * has 2 × 2 behind a pool that fits 8 × 8 alone, and narrow networks get half and twice their channels.
 * @param weight of its loss; DARTS has 0.4
 * @returns the plan as it is where the network has a single cell
 */
export function withAuxiliary(plan: NetworkPlan, weight: number): NetworkPlan {
  const { cells } = plan;
  const from = Math.min(Math.floor((2 * cells.length) / 3), cells.length - 2);
  return from < 0 ? plan : { ...plan, auxiliary: auxiliaryPlan(cells[from]!.output, from, weight) };
}

function auxiliaryPlan(input: Shape, from: number, weight: number): AuxiliaryPlan {
  const bottleneck = reluConvBn(Math.min(128, Math.ceil(input.channels / 2)), true);
  const entry = layersOutput(bottleneck, input);
  const filters = Math.min(768, 2 * input.channels);
  const layers: Layer[] = [{ kind: 'relu' }, { kind: 'conv', kernel: 3, stride: 2, filters }];
  const output = layersOutput(layers, entry);
  const cell: CellPlan = {
    ...{
      kind: 'fixed',
      channels: filters,
      partial: 1,
      inputs: [input],
      preprocess: [bottleneck],
      entry,
      output,
    },
    nodes: [[{ from: 0, stride: 2, candidates: [{ operation: 'auxiliary', layers }] }]],
    concat: [1],
  };
  return { from, weight, cell, head: [{ kind: 'batchNorm', affine: true }, { kind: 'relu' }] };
}
