/** Network plans of chains: layers one after the other, each an operation with channels of its own. */
import { fixedCell, type CandidatePlan, type CellPlan, type NetworkPlan } from '../plan';
import type { NetworkFrame } from '../frame';
import type { ChainGenotype } from './genotype';
import { layersOutput, type Layer, type Shape } from '../layers';
import { operationNamed } from '../operations';

type ChainLayer = ChainGenotype['layers'][number];

const batchNorm: Layer = { kind: 'batchNorm', affine: true };

/**
 * The operation built for the layer's channels. One that leaves other channels (pools, identity) stands between a ReLU and
 * a 1 × 1 convolution with BN.
 */
export function chainOperationLayers({ operation, channels, stride }: ChainLayer, input: Shape): Layer[] {
  const layers = operationNamed(operation).layers({ channels, stride, affine: true });
  if (layersOutput(layers, input).channels === channels) return layers;
  return [{ kind: 'relu' }, ...layers, { kind: 'conv', kernel: 1, stride: 1, filters: channels }, batchNorm];
}

/** The layer's input as it is where shapes agree, else by a 1 × 1 convolution with BN (He et al., 2016, option B). */
function shortcut({ channels, stride }: ChainLayer, input: Shape): CandidatePlan {
  const same = stride === 1 && input.channels === channels;
  const layers: Layer[] = same
    ? [{ kind: 'identity' }]
    : [{ kind: 'conv', kernel: 1, stride, filters: channels }, batchNorm];
  return { operation: 'shortcut', layers };
}

/**
 * The network of a chain: a 3 × 3 convolution with the channels of the first layer, the layers, BN and ReLU, classifier.
 * With dense connections a layer's output is concatenated to what it read, as far as another layer of its size follows
 * (Huang et al., 2017): every layer then reads all before it of its size.
 */
export function planChain(genotype: ChainGenotype, { input, classes }: NetworkFrame): NetworkPlan {
  const { layers, connections } = genotype;
  const stem: Layer[] = [{ kind: 'conv', kernel: 3, stride: 1, filters: layers[0]!.channels }, batchNorm];
  const cells: CellPlan[] = [];
  let shape = layersOutput(stem, input);
  layers.forEach((layer, index) => {
    const { operation, stride } = layer;
    const candidates: CandidatePlan[] = [{ operation, layers: chainOperationLayers(layer, shape) }];
    if (connections === 'skip') candidates.push(shortcut(layer, shape));
    const isRead = index < layers.length - 1;
    const cell = fixedCell(shape, stride, candidates, connections === 'dense' && stride === 1 && isRead);
    cells.push(cell);
    shape = cell.output;
  });
  return { input, classes, stem, cells, head: [batchNorm, { kind: 'relu' }], features: shape };
}
