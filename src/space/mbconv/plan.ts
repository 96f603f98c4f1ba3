/**
 * Network plans of inverted residual blocks: MobileNetV3 (Howard et al., 2019) and EfficientNet (Tan & Le, 2019). A block
 * widens its input by a 1 × 1 convolution, convolves it depthwise, gates its channels and narrows it again.
 */
import { fixedCell, type CellPlan, type NetworkPlan } from '../plan';
import type { NetworkFrame } from '../frame';
import type { MbconvGenotype } from './genotype';
import {
  activationLayer,
  layersOutput,
  type Activation,
  type Layer,
  type Shape,
  type Stride,
} from '../layers';

type Stage = MbconvGenotype['stages'][number];
type Block = Stage['blocks'][number];

function convolution(kernel: number, filters: number, stride: Stride): Layer[] {
  return [
    { kind: 'conv', kernel, stride, filters },
    { kind: 'batchNorm', affine: true },
  ];
}

/** The layers of a block, its shortcut aside. The first convolution is left out where it would not widen. */
function blockLayers(
  { kernel, hidden, squeeze }: Block,
  site: { input: Shape; channels: number; stride: Stride; activation: Activation },
  gate: MbconvGenotype['gate'],
): Layer[] {
  const activation = activationLayer(site.activation);
  const inner = gate === 'sigmoid' ? 'swish' : 'relu';
  return [
    ...(hidden === site.input.channels ? [] : [...convolution(1, hidden, 1), activation]),
    { kind: 'depthwise', kernel, stride: site.stride, dilation: 1 },
    { kind: 'batchNorm', affine: true },
    activation,
    ...(squeeze > 0 ? [{ kind: 'squeezeExcite', squeeze, inner, gate } as const] : []),
    ...convolution(1, site.channels, 1),
  ];
}

/**
 * The network of a genotype: stem, one cell a block, a 1 × 1 convolution, global pooling, and the classifier with or
 * without a hidden layer. A block of stride 1 whose channels stay adds its input.
 */
export function planMbconv(genotype: MbconvGenotype, { input, classes }: NetworkFrame): NetworkPlan {
  const { stem, stages, gate, head } = genotype;
  const first = [...convolution(3, stem.channels, stem.stride), activationLayer(stem.activation)];
  const cells: CellPlan[] = [];
  let shape = layersOutput(first, input);
  for (const { channels, activation, blocks, ...stage } of stages) {
    blocks.forEach((block, index) => {
      const stride = index === 0 ? stage.stride : 1;
      const layers = blockLayers(block, { input: shape, channels, stride, activation }, gate);
      const candidates = [{ operation: `mbconv_${block.kernel}x${block.kernel}`, layers }];
      const isResidual = stride === 1 && shape.channels === channels;
      if (isResidual) candidates.push({ operation: 'shortcut', layers: [{ kind: 'identity' }] });
      const cell = fixedCell(shape, stride, candidates);
      cells.push(cell);
      shape = cell.output;
    });
  }
  const last = [...convolution(1, head.channels, 1), activationLayer(head.activation)];
  return {
    input,
    classes,
    stem: first,
    cells,
    head: last,
    features: layersOutput(last, shape),
    ...(head.hidden > 0 ? { hidden: { units: head.hidden, activation: head.activation } } : {}),
  };
}
