/** Networks whose generated code has to compute one and the same function everywhere, with weights and images. */
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../src/backend/load';
import type { FloatTensor } from '../../src/data/arrays/writeSafetensors';
import type { TrainedWeights } from '../../src/network/trainedWeights';
import { runNetwork } from '../../src/network/reference/cellNetwork';
import { runLayers, type Pass } from '../../src/network/reference/layers';
import { splitParameters } from '../../src/network/reference/parameterViews';
import { structureOf } from '../../src/network/structure';
import { Random } from '../../src/random';
import type { CellPairGenotype } from '../../src/space/cell/genotype';
import type { NetworkFrame, Skeleton } from '../../src/space/frame';
import type { Genotype, GenotypeFile } from '../../src/space/genotype';
import { planNetwork } from '../../src/space/network';
import { operations, type Operation } from '../../src/space/operations';
import { dartsV2, zeroEdges } from '../support/genotypes';
import { small } from '../unit/generate/files';
import { cellsOf, everyOperation, randomGenotype, unusualOperations } from '../unit/generate/genotypes';
import {
  bench201File,
  bestBench201,
  deadNode,
  everyLayer,
  shortChains,
  halvingChains,
  hardMbconv,
  plainMbconv,
  randomChain,
  spaceFile,
  swishMbconv,
  weightless,
} from '../unit/generate/spaces';

export interface Case {
  readonly title: string;
  readonly file: GenotypeFile;
  readonly trained: TrainedWeights;
  readonly images: FloatTensor;
  readonly labels: readonly number[];
  /** What this project's own network computes, [images][classes]. */
  readonly logits: readonly (readonly number[])[];
}

/** Single edges into nodes and a single node out of a cell. */
const lone: CellPairGenotype = {
  space: 'cell',
  normal: {
    nodes: [
      [{ operation: 'sep_conv_3x3', input: 0 }],
      [{ operation: 'avg_pool_3x3', input: 1 }],
      [{ operation: 'skip_connect', input: 2 }],
    ],
    concat: [3, 4],
  },
  reduction: {
    nodes: [
      [
        { operation: 'dil_conv_5x5', input: 1 },
        { operation: 'max_pool_3x3', input: 0 },
      ],
      [{ operation: 'sep_conv_5x5', input: 2 }],
    ],
    concat: [3],
  },
};

function sized(height: number, width: number, more: Partial<Skeleton> = {}): Skeleton {
  return { ...small, ...more, input: { height, width, channels: 3 } };
}

/** Every operation on one of the cell's inputs, where a reduction has stride 2, and on the node before, where none has. */
const everyStride: CellPairGenotype = {
  space: 'cell',
  normal: everyOnce(everyOperation.normal),
  reduction: everyOnce(everyOperation.reduction),
};

function everyOnce({ nodes, concat }: CellPairGenotype['normal']): CellPairGenotype['normal'] {
  return { nodes: nodes.map((edges, node) => [edges[node % 2]!, edges.at(-1)!]), concat };
}

/** Networks of cells. */
const cells: readonly [string, CellPairGenotype, Skeleton][] = [
  ['every operation, 9×8', everyStride, sized(9, 8, { cells: 3 })],
  ['every operation, 7×7', everyStride, sized(7, 7, { cells: 2 })],
  ['DARTS V2, 12×12', dartsV2, sized(12, 12, { cells: 3 })],
  ['DARTS V2, 1×2', dartsV2, sized(1, 2, { cells: 4 })],
  ['lone edges and nodes, 5×10', lone, sized(5, 10, { cells: 5, stemMultiplier: 1 })],
  ['unusual operations, 8×7', cellsOf('conv_9x9', 'conv_7x7', 'branches', 'none'), sized(8, 7, { cells: 3 })],
  ['random, 6×11', randomGenotype(4), sized(6, 11, { cells: 2, channels: 3 })],
  ['random, 13×5', randomGenotype(5), sized(13, 5, { cells: 1 })],
];

const networks: readonly (readonly [string, Genotype, NetworkFrame | Skeleton])[] = [
  ...cells,
  ['best of NAS-Bench-201, 9×7', bestBench201, sized(9, 7)],
  ['five operations of NAS-Bench-201, 8×8', bench201File.genotype, sized(8, 8, { cells: 6 })],
  ['dead node of NAS-Bench-201, 7×6', deadNode, sized(7, 6)],
  ['no weights in a cell of NAS-Bench-201, 10×5', weightless, sized(10, 5)],
  ...shortChains('sequential').map((chain, i) => [`sequential chain ${i}, 7×8`, chain, sized(7, 8)] as const),
  ['skip chain, 8×5', everyLayer('skip'), sized(8, 5)],
  ['dense chain, 6×7', everyLayer('dense'), sized(6, 7)],
  ...halvingChains().map((chain, i) => [`halving chain ${i}, 20×17`, chain, sized(20, 17)] as const),
  ['random skip chain, 12×11', randomChain('skip', 1), sized(12, 11)],
  ['random dense chain, 12×11', randomChain('dense', 2), sized(12, 11)],
  ['MBConv with ReLU, 8×8', plainMbconv, sized(8, 8)],
  ['MBConv like EfficientNet, 13×12', swishMbconv, sized(13, 12)],
  ['MBConv like MobileNetV3, 12×13', hardMbconv, sized(12, 13)],
  ['edges and nodes of zeros, 9×6', zeroEdges, sized(9, 6, { cells: 5 })],
];

const batch = 4;

function normals(shape: readonly number[], random: Random, scale = 1): FloatTensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return { shape, values: Float32Array.from({ length: size }, () => scale * random.normal()) };
}

function statistics(channels: number, random: Random): { mean: FloatTensor; variance: FloatTensor } {
  const mean = normals([channels], random, 0.3);
  const variance = {
    shape: [channels],
    values: Float32Array.from({ length: channels }, () => 0.5 + random.uniform()),
  };
  return { mean, variance };
}

function makeCase([title, genotype, skeleton]: (typeof networks)[number], index: number): Case {
  const file = spaceFile(`case ${index}`, genotype, skeleton);
  const network = structureOf(planNetwork(genotype, skeleton));
  const random = Random.fromSeed(index, 'generated');
  const flat = network.layout.initialize(random);
  for (const { name, offset, size } of network.layout.parameters) {
    if (!/\.(scale|shift)$/.test(name)) continue;
    for (let i = offset; i < offset + size; i++) flat[i]! += 0.2 * random.normal();
  }
  const running = network.batchNorms.map((channels) => statistics(channels, random));
  const { height, width, channels } = skeleton.input;
  const images = normals([batch, height, width, channels], random);
  const labels = Array.from({ length: batch }, () => random.integer(skeleton.classes));
  const logits = tf.tidy(() => {
    const weights = splitParameters(network.layout, tf.tensor1d(flat));
    const moments = running.map(
      ({ mean, variance }) => [tf.tensor1d(mean.values), tf.tensor1d(variance.values)] as const,
    );
    const x = tf.tensor4d(images.values, [batch, height, width, channels]);
    const pass: Pass = { weights, given: moments };
    return runNetwork(network, x, pass, (input, { edge }, inner) =>
      runLayers(edge.candidates[0]!.layers, input, inner),
    ).arraySync();
  });
  const means = running.flatMap(({ mean }) => [...mean.values]);
  const variances = running.flatMap(({ variance }) => [...variance.values]);
  const trained = { weights: flat, statistics: Float32Array.from([...means, ...variances]) };
  return { title, file, trained, images, labels, logits };
}

let made: Promise<readonly Case[]> | undefined;

/** Built on native TensorFlow, once for all tests. The unusual operations have to be registered. */
export function makeCases(): Promise<readonly Case[]> {
  made ??= loadBackend('tensorflow').then(() => networks.map(makeCase));
  return made;
}

/** Registers the unusual operations. @returns what takes them away again */
export function registerUnusual(): () => void {
  const registry = operations as Operation[];
  const registered = registry.length;
  registry.push(...unusualOperations);
  return () => void registry.splice(registered);
}

/** What goes to Python: numbers in base64. */
export function toJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => {
      const { shape, values } = (inner ?? {}) as Partial<FloatTensor>;
      if (!(values instanceof Float32Array)) return inner;
      const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
      return { shape, data };
    }),
  );
}
