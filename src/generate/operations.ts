/**
 * The operations of a genotype, sorted out for a reader: which reusable blocks (one class or function each) the code
 * needs, and what each operation is in terms of them. Operations that differ in the kernel alone share a block.
 */
import { isDeepStrictEqual } from 'node:util';
import { factorizedReduce, reluConvBn, type Layer, type Stride } from '../space/layers';
import { operationNamed, type Operation } from '../space/operations';
import { summarize } from './summary';
import { unifyLayers, type Place, type SymbolicLayer } from './symbolic';

/** Several layers in a row, written once. */
export interface Block {
  /** Words in snake case; each language has its own spelling of it. */
  readonly name: string;
  /** One sentence on what it is, and perhaps one on how. */
  readonly summary: string;
  readonly details?: string;
  readonly layers: readonly SymbolicLayer[];
}

export type OperationBody =
  | { readonly kind: 'layer'; readonly layer: SymbolicLayer }
  /** `kernel` where the block has such a parameter. */
  | { readonly kind: 'block'; readonly block: Block; readonly kernel?: number };

/** What one operation of the genotype is: one body for all strides, or one for each. */
export interface OperationCase {
  readonly name: string;
  readonly variants: readonly { readonly stride?: Stride; readonly body: OperationBody }[];
}

type Words = Pick<Block, 'summary' | 'details'>;

/** Names that the generated files give to something else, in any of the languages. */
const takenNames = new Set(
  (
    'add apply average_pooling avg_pool batch_norm build_model cell cell_genotype cell_options channels concat conv ' +
    'depthwise deviation dilated_depthwise drop_path edge even_pixels keras kernel layers main make_operation math ' +
    'max_pool mean model_options network node normalize operate operation ops pad process reduce relu shift single ' +
    'started stride tensor torch x zero'
  ).split(' '),
);

function makeBlock(wanted: string, layers: readonly SymbolicLayer[], words?: Words): Block {
  const name = takenNames.has(wanted) ? `${wanted}_block` : wanted;
  return { name, layers, ...(words ?? { summary: summarize(layers) }) };
}

/** Channels at which layers are looked at, beside those of the network: no two formulas agree on all of them. */
const probes = [8, 11, 30, 49];

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

interface Member {
  readonly operation: Operation;
  /** From the name: 3 in `sep_conv_3x3`. */
  readonly kernel?: number;
}

/** `sep_conv_3x3` is the member with kernel 3 of `sep_conv`. */
function familyOf(name: string): { family: string; kernel?: number } {
  const match = /^(.+?)_(\d+)x\2(.*)$/.exec(name);
  return match ? { family: match[1]! + match[3]!, kernel: Number(match[2]) } : { family: name };
}

interface Look {
  readonly places: readonly Place[];
  readonly samples: readonly (readonly Layer[])[];
  readonly layers: SymbolicLayer[] | undefined;
}

/** The members' layers at all places that they can have in the network, and at some more. */
function lookAt(
  members: readonly Member[],
  channels: readonly number[],
  strides: readonly Stride[],
  byKernel: boolean,
): Look {
  const widths = [...new Set([...channels, ...probes])];
  const looks = members.flatMap(({ operation, kernel }) =>
    widths.flatMap((width) =>
      strides.map((stride) => {
        const place = { channels: width, stride, kernel: byKernel ? kernel : undefined };
        return {
          place: { ...place, probe: !channels.includes(width) },
          layers: operation.layers({ channels: width, stride, affine: true }),
        };
      }),
    ),
  );
  const places = looks.map((look) => look.place);
  const samples = looks.map((look) => look.layers);
  const inputs = places.map((place) => place.channels);
  return { places, samples, layers: unifyLayers(samples, places, inputs) };
}

function hasKernel(layers: readonly SymbolicLayer[]): boolean {
  return layers.some((layer) => {
    if (layer.kind === 'parallel') return layer.branches.some(hasKernel);
    return 'kernel' in layer && layer.kernel.kind === 'parameter' && layer.kernel.of === 'kernel';
  });
}

/** One body a member, or nothing where no common form describes them. */
function bodiesOf(
  name: string,
  members: readonly Member[],
  channels: readonly number[],
  strides: readonly Stride[],
): OperationBody[] | undefined {
  const { layers, places, samples } = lookAt(members, channels, strides, true);
  if (!layers) return undefined;
  if (samples.every((each, i) => isDeepStrictEqual(each, factorizedReduce(places[i]!.channels, true)))) {
    return members.map(() => ({ kind: 'block', block: factorizedReduceBlock }));
  }
  if (layers.length > 1) {
    const block = makeBlock(name, layers);
    const withKernel = hasKernel(layers);
    return members.map(({ kernel }) => ({ kind: 'block', block, ...(withKernel ? { kernel } : {}) }));
  }
  return members.map((member) => {
    const alone = lookAt([member], channels, strides, false).layers?.[0];
    return { kind: 'layer', layer: alone ?? { kind: 'identity' } };
  });
}

function casesOf(family: string, members: readonly Member[], channels: readonly number[]): OperationCase[] {
  const bodies = bodiesOf(family, members, channels, [1, 2]);
  if (bodies) {
    return members.map(({ operation }, i) => ({ name: operation.name, variants: [{ body: bodies[i]! }] }));
  }
  return members.flatMap((member) => {
    const { name } = member.operation;
    if (members.length > 1) return casesOf(name, [member], channels);
    const variants = ([1, 2] as const).map((stride) => {
      const body = bodiesOf(`${name}_stride_${stride}`, [member], channels, [stride])?.[0];
      if (!body) throw new Error(`The layers of "${name}" depend on the channels in more than numbers.`);
      return { stride, body };
    });
    return [{ name, variants }];
  });
}

/**
 * @param names operations of the genotype, each once
 * @param channels all numbers of channels that nodes of the network have
 */
export function describeOperations(names: readonly string[], channels: readonly number[]): OperationCase[] {
  const families = new Map<string, Member[]>();
  for (const name of names) {
    const { family, kernel } = familyOf(name);
    families.set(family, [...(families.get(family) ?? []), { operation: operationNamed(name), kernel }]);
  }
  const cases = [...families].flatMap(([family, members]) => casesOf(family, members, channels));
  return names.map((name) => cases.find((each) => each.name === name)!);
}
