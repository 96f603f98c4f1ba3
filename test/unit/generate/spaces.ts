/** Genotype files of all spaces but that of cells, for the tests of code generation. */
import { Random } from '../../../src/random';
import type { Bench201Genotype } from '../../../src/space/bench201/genotype';
import type { ChainConnections, ChainGenotype } from '../../../src/space/chain/genotype';
import type { MbconvGenotype } from '../../../src/space/mbconv/genotype';
import type { NetworkFrame, Skeleton } from '../../../src/space/frame';
import type { Genotype, GenotypeFile } from '../../../src/space/genotype';
import { efficientNetB0, mobileNetV3Large } from '../../../src/space/mbconv/known';
import { operationNames } from '../../../src/space/operations';
import { dartsV2 } from '../../support/genotypes';
import { genotypeFile, small } from './files';

const names = operationNames.filter((name) => name !== 'none');

/** A genotype file of any space. */
export function spaceFile(
  name: string,
  genotype: Genotype,
  network: NetworkFrame | Skeleton = small,
  more: Partial<GenotypeFile> = {},
): GenotypeFile {
  const { origin, ...file } = genotypeFile(dartsV2);
  // Without a supernet there are no gradient searches, whose epochs count.
  const unit = genotype.space === 'chain' || genotype.space === 'mbconv' ? 'trial' : 'epoch';
  return { ...file, ...more, genotype, network, origin: { ...origin, name, unit } };
}

/** @param text operations of the six edges, by spaces */
export function bench201(text: string): Bench201Genotype {
  return { space: 'nasbench201', operations: text.split(' ') };
}

/** The cell of NAS-Bench-201 with the highest accuracy on CIFAR-10, by Dong and Yang's table. */
export const bestBench201 = bench201('conv_3x3 conv_3x3 conv_1x1 skip_connect conv_3x3 conv_3x3');
/** Node 1 is read through `none` alone. */
export const deadNode = bench201('conv_3x3 conv_1x1 none avg_pool_3x3 none skip_connect');
/** Only what needs no channels, and one state added to itself. */
export const weightless = bench201('skip_connect skip_connect skip_connect avg_pool_3x3 skip_connect none');

/** Every operation with channels that stay, grow and shrink. */
export function everyLayer(connections: ChainConnections): ChainGenotype {
  // What a dense layer reads grows by itself.
  const widths = connections === 'dense' ? [2] : [6, 6, 4];
  const layers = names.flatMap((operation) =>
    widths.map((channels) => ({ operation, channels, stride: 1 as const })),
  );
  return { space: 'chain', connections, layers };
}

/**
 * `everyLayer` in pieces of four operations: a chain of 36 layers without shortcuts blows rounding up so far that one step of
 * training takes it elsewhere in each framework.
 */
export function shortChains(connections: ChainConnections): ChainGenotype[] {
  const { layers } = everyLayer(connections);
  const length = (4 * layers.length) / names.length;
  return Array.from({ length: Math.ceil(layers.length / length) }, (_, i) => ({
    ...{ space: 'chain', connections },
    layers: layers.slice(i * length, (i + 1) * length),
  }));
}

/** Every operation where it halves the size, four in a chain, with channels that change in every second layer. */
export function halvingChains(): ChainGenotype[] {
  const ways = ['sequential', 'skip', 'dense'] as const;
  return Array.from({ length: Math.ceil(names.length / 4) }, (_, chain) => ({
    space: 'chain',
    connections: ways[chain % 3]!,
    layers: names.slice(4 * chain, 4 * chain + 4).map((operation, i) => ({
      operation,
      channels: i % 4 < 2 ? 4 : 6,
      stride: 2 as const,
    })),
  }));
}

/** Five layers that draw operations, channels and strides. */
export function randomChain(connections: ChainConnections, seed: number): ChainGenotype {
  const random = Random.fromSeed(seed, 'chain');
  const layers = Array.from({ length: 5 }, (_, i) => ({
    operation: names[random.integer(names.length)]!,
    channels: [4, 6, 8][random.integer(3)]!,
    stride: i > 0 && random.integer(3) === 0 ? (2 as const) : (1 as const),
  }));
  return { space: 'chain', connections, layers };
}

export const chainOf = (connections: ChainConnections, ...operations: string[]): ChainGenotype => ({
  space: 'chain',
  connections,
  layers: operations.map((operation) => ({ operation, channels: 4, stride: 1 })),
});

type Stage = MbconvGenotype['stages'][number];

/** A stem of 4 channels with ReLU, two stages, and no more than is said. */
export function smallMbconv(
  more: Partial<MbconvGenotype>,
  stages: readonly [Partial<Stage>, Partial<Stage>],
): MbconvGenotype {
  const [first, second] = stages;
  return {
    space: 'mbconv',
    stem: { channels: 4, stride: 1, activation: 'relu' },
    gate: 'sigmoid',
    head: { channels: 10, activation: 'relu', hidden: 0 },
    ...more,
    stages: [
      {
        channels: 4,
        stride: 1,
        activation: 'relu',
        blocks: [{ kernel: 3, hidden: 4, squeeze: 0 }],
        ...first,
      },
      {
        channels: 6,
        stride: 2,
        activation: 'relu',
        blocks: [
          { kernel: 5, hidden: 12, squeeze: 0 },
          { kernel: 7, hidden: 18, squeeze: 0 },
        ],
        ...second,
      },
    ],
  };
}

const squeezing = [
  { kernel: 5 as const, hidden: 12, squeeze: 3 },
  { kernel: 3 as const, hidden: 18, squeeze: 0 },
  { kernel: 3 as const, hidden: 18, squeeze: 2 },
];

/** ReLU alone, nothing squeezed. */
export const plainMbconv = smallMbconv({}, [{}, {}]);
/** As EfficientNet: swish, a sigmoid as gate. */
export const swishMbconv = smallMbconv(
  {
    stem: { channels: 4, stride: 2, activation: 'swish' },
    head: { channels: 10, activation: 'swish', hidden: 0 },
  },
  [{ activation: 'swish' }, { activation: 'swish', blocks: squeezing }],
);
/** As MobileNetV3: ReLU and hard-swish, a hard sigmoid as gate, a hidden layer. */
export const hardMbconv = smallMbconv(
  {
    stem: { channels: 4, stride: 2, activation: 'hard_swish' },
    gate: 'hard_sigmoid',
    head: { channels: 10, activation: 'hard_swish', hidden: 7 },
  },
  [{}, { activation: 'hard_swish', blocks: squeezing }],
);

const imageNet: NetworkFrame = { input: { height: 224, width: 224, channels: 3 }, classes: 1000 };
export const efficientNetFile = spaceFile('EfficientNet B0', efficientNetB0, imageNet, {
  normalization: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
});
export const mobileNetFile = spaceFile('MobileNetV3 Large', mobileNetV3Large, imageNet);

export const bench201File = spaceFile(
  'bench cell',
  bench201('conv_3x3 none conv_1x1 avg_pool_3x3 skip_connect conv_3x3'),
  { cells: 15, channels: 16, stemMultiplier: 1, input: { height: 32, width: 32, channels: 3 }, classes: 10 },
);
export const chainFile = spaceFile(
  'skip chain',
  {
    space: 'chain',
    connections: 'skip',
    layers: [
      { operation: 'conv_3x3', channels: 16, stride: 1 },
      { operation: 'conv_5x5', channels: 16, stride: 1 },
      { operation: 'max_pool_3x3', channels: 32, stride: 2 },
      { operation: 'sep_conv_3x3', channels: 32, stride: 1 },
      { operation: 'skip_connect', channels: 32, stride: 1 },
      { operation: 'conv_7x1_1x7', channels: 64, stride: 2 },
      { operation: 'max_pool_3x3', channels: 64, stride: 1 },
    ],
  },
  { input: { height: 28, width: 28, channels: 1 }, classes: 10 },
);

/** Files of all shapes that code can have, by a name. */
export function spaceFiles(): Map<string, GenotypeFile> {
  const files = new Map<string, Genotype>([
    ['bench-best', bestBench201],
    ['bench-dead-node', deadNode],
    ['bench-weightless', weightless],
    ['mbconv-plain', plainMbconv],
    ['mbconv-swish', swishMbconv],
    ['mbconv-hard', hardMbconv],
    // Nonlinearities in other combinations with the gates.
    ['mbconv-relu-squeeze', smallMbconv({}, [{}, { blocks: squeezing }])],
    ['mbconv-hard-gate', smallMbconv({ gate: 'hard_sigmoid' }, [{}, { blocks: squeezing }])],
    ['mbconv-hard-swish', smallMbconv({}, [{}, { activation: 'hard_swish' }])],
    ['mbconv-mixed', smallMbconv({}, [{ activation: 'swish' }, { activation: 'hard_swish' }])],
  ]);
  for (const name of operationNames) {
    const others = name === 'none' ? 'skip_connect' : name;
    files.set(`bench-${name}`, bench201(`${name} ${name} ${name} ${others} ${name} ${name}`));
    if (name !== 'none') files.set(`chain-${name}`, chainOf('sequential', name, name));
  }
  halvingChains().forEach((chain, i) => files.set(`chain-halving-${i}`, chain));
  for (const connections of ['sequential', 'skip', 'dense'] as const) {
    files.set(`chain-${connections}-every`, everyLayer(connections));
    for (let seed = 0; seed < 4; seed++)
      files.set(`chain-${connections}-${seed}`, randomChain(connections, seed));
  }
  return new Map([
    ...[...files].map(([name, genotype]) => [name, spaceFile(name, genotype)] as const),
    ['efficientnet', efficientNetFile],
    ['mobilenet', mobileNetFile],
    ['bench', bench201File],
    ['chain', chainFile],
  ]);
}
