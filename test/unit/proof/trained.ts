/** Small networks of every space with some steps of training behind them, as the proof of generated code gets them. */
import { createFoundNetwork } from '../../../src/network/engines';
import type { TrainedNetwork } from '../../../src/network/trainableNetwork';
import { structureOf, type NetworkStructure } from '../../../src/network/structure';
import type { ArrayBatch } from '../../../src/network/batch';
import { Random } from '../../../src/random';
import type { GenotypeFile } from '../../../src/space/genotype';
import { planNetwork } from '../../../src/space/network';
import { dartsV2 } from '../../support/genotypes';
import { randomBatch } from '../../support/supernets';
import { genotypeFile } from '../generate/files';
import { bench201File, chainOf, spaceFile, swishMbconv } from '../generate/spaces';

export interface TrainedCase {
  readonly file: GenotypeFile;
  readonly structure: NetworkStructure;
  readonly trained: TrainedNetwork;
  readonly test: readonly ArrayBatch[];
}

export const files: Readonly<Record<string, GenotypeFile>> = {
  cell: genotypeFile(dartsV2),
  nasbench201: bench201File,
  chain: spaceFile('chain', chainOf('skip', 'sep_conv_3x3', 'max_pool_3x3', 'conv_3x3')),
  mbconv: spaceFile('mbconv', swishMbconv),
};

/** Two batches of a test split, judged after a few steps of plain gradient descent. */
export async function train(file: GenotypeFile): Promise<TrainedCase> {
  const plan = planNetwork(file.genotype, file.network);
  const random = Random.fromSeed(1, 'proof');
  const network = createFoundNetwork(plan, { engine: 'auto', threads: 1 });
  try {
    const weights = network.layout.initialize(random);
    for (let step = 0; step < 8; step++) {
      const { weights: gradient } = await network.differentiate(randomBatch(plan, 8, random), weights);
      for (let i = 0; i < weights.length; i++) weights[i]! -= 0.02 * gradient[i]!;
    }
    const test = [randomBatch(plan, 24, random), randomBatch(plan, 16, random)];
    const logits: number[] = [];
    for (const batch of test) logits.push(...(await network.evaluate(batch, weights)).logits);
    const statistics = network.statistics();
    return {
      ...{ file, structure: structureOf(plan), test },
      trained: { weights, statistics, logits: Float32Array.from(logits) },
    };
  } finally {
    network.dispose();
  }
}

/**
 * The same with one weight changed after the engine has judged: the bias of a class that the first image does not have is
 * larger than all logits.
 */
export function changed({ weights, logits, ...trained }: TrainedNetwork, classes: number): TrainedNetwork {
  const first = [...logits.subarray(0, classes)];
  const other = (first.indexOf(Math.max(...first)) + 1) % classes;
  const changedWeights = weights.slice();
  // The biases of the classifier are the last weights.
  changedWeights[weights.length - classes + other] = 1e6;
  return { ...trained, logits, weights: changedWeights };
}
