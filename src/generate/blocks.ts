/** Reusable blocks of layers: one class or function each in generated code. */
import { factorizedReduce, reluConvBn, type Layer } from '../space/layers';
import { summarize } from './summary';
import { parametersOf, unifyLayers, type ParameterName, type Place, type SymbolicLayer } from './symbolic';

/** Several layers in a row, written once. */
export interface Block {
  /** Words in snake case; each language has its own spelling of it. */
  readonly name: string;
  /** One sentence on what it is, and perhaps one on how. */
  readonly summary: string;
  readonly details?: string;
  readonly layers: readonly SymbolicLayer[];
  /** The stride is 1 unless given. */
  readonly optionalStride?: boolean;
}

type Words = Pick<Block, 'summary' | 'details'>;

/** Names that the generated files give to something else, in any of the languages. */
const takenNames = new Set(
  (
    'add apply average_pooling avg_pool batch_norm build_model cell cell_genotype cell_options channels concat conv copy ' +
    'depthwise deviation dilated_depthwise drop_path edge even_pixels keras kernel layer layers main make_operation math ' +
    'max_pool mean model_options network node normalize operate operation ops pad process reduce relu ' +
    'residual residual_block row_conv column_conv shift shortcut single started stride tensor torch x zero'
  ).split(' '),
);

/** A block with a name that the generated files give to nothing else. */
export function makeBlock(wanted: string, layers: readonly SymbolicLayer[], words?: Words): Block {
  const name = takenNames.has(wanted) ? `${wanted}_block` : wanted;
  return { name, layers, ...(words ?? { summary: summarize(layers) }) };
}

/** Channels at which layers are looked at, beside those of the network: no two formulas agree on all of them. */
export const probes = [8, 11, 30, 49];

function inputBlock(name: string, build: (channels: number) => Layer[], words: Words): Block {
  const places = probes.map((inChannels, i): Place => ({
    inChannels,
    channels: probes.at(i - 1)!,
    stride: 1,
  }));
  const layers = unifyLayers(
    places.map(({ channels }) => build(channels)),
    places,
    probes,
  );
  return makeBlock(name, layers!, words);
}

/** Brings an input of a cell to the channels of its nodes. */
export const reluConvBnBlock = inputBlock('relu_conv_bn', (channels) => reluConvBn(channels, true), {
  summary: 'ReLU, 1×1 convolution, BN: gives an input the channels of the nodes.',
});

/** The same where the input is twice as high and wide as the cell. */
export const factorizedReduceBlock = inputBlock(
  'factorized_reduce',
  (channels) => factorizedReduce(channels, true),
  {
    summary: 'Halves height and width and loses no pixel.',
    details: 'Two 1×1 convolutions of stride 2, the second over the shifted image.',
  },
);

/** ReLU, convolution of any kernel and stride, BN: the operations and residual blocks of NAS-Bench-201. */
export const convBlock: Block = {
  name: 'relu_conv_bn',
  summary: 'ReLU, convolution, BN; n pixels become ⌈n / stride⌉.',
  layers: [
    { kind: 'relu' },
    {
      kind: 'conv',
      inChannels: { kind: 'parameter', of: 'inChannels' },
      filters: { kind: 'parameter', of: 'channels' },
      kernel: { kind: 'parameter', of: 'kernel' },
      stride: { kind: 'parameter', of: 'stride' },
    },
    { kind: 'batchNorm', channels: { kind: 'parameter', of: 'channels' }, affine: true },
  ],
  optionalStride: true,
};

/**
 * What the call of an operation gives to its block. A stride that may be left out is: such an operation has stride 1.
 * @param withWidths whether a layer has to be told its input's channels, as in PyTorch
 */
export function argumentsOf({ layers, optionalStride }: Block, withWidths: boolean): ParameterName[] {
  return parametersOf(layers, withWidths).filter((name) => !(optionalStride && name === 'stride'));
}
