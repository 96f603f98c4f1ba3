/** Random networks of all spaces, trained for a few steps on handwritten digits, and what every framework computes of them. */
import { join } from 'node:path';
import { configSchema, type Config, type ConfigInput } from '../../src/config/schema';
import { layOver, presetFor } from '../../src/config/presets';
import { networkCost } from '../../src/cost/network';
import { NetworkTrainer, plainRecipe } from '../../src/estimate/networkTrainer';
import { loadJobData, type JobData } from '../../src/job/data';
import { prepareEngine } from '../../src/job/engine';
import { finalNetwork, spaceOf } from '../../src/job/plan';
import { Random } from '../../src/random';
import { operationNames } from '../../src/space/operations';
import type { Genotype, GenotypeFile } from '../../src/space/genotype';
import { planNetwork } from '../../src/space/network';
import { defaultThreads } from '../../src/threads';
import type { ArrayBatch } from '../../src/network/batch';
import { computeEverywhere, distance, predictedClass, type StoredFile } from './frameworks';

const steps = 40;
const pictures = 1000;

/** Every registered operation, and every kind of connection, activation and stem that a space has. */
const spaces: readonly (readonly ConfigInput['space'][])[] = [
  [1, 2, 4].map((nodes) => ({ type: 'cell', operations: [...operationNames], nodes, cells: 3 })),
  [{ type: 'nasbench201', cellsPerStage: 1 }],
  [
    {
      ...{ type: 'chain', connections: ['sequential', 'skip', 'dense'] },
      operations: operationNames.filter((name) => name !== 'none'),
    },
  ],
  (['small', 'mobilenet-v3-large', 'efficientnet-b0'] as const).map((base) => ({ type: 'mbconv', base })),
];

function configOf(space: ConfigInput['space'], seed: number, channels: number): Config {
  const written: ConfigInput = {
    ...{ preset: 'laptop', seed, space },
    strategy: { type: 'random' },
    data: { set: 'mnist', trainImages: 1000, testImages: pictures, imageSize: 14 },
    final: {
      epochs: 1,
      cells: 3 + (seed % 3),
      channels,
      batchSize: 50,
      learningRate: 0.02,
      minLearningRate: 0,
    },
  };
  return configSchema.parse(layOver(presetFor(written), written));
}

async function trained(config: Config, genotype: Genotype, data: JobData): Promise<StoredFile> {
  const network = finalNetwork(config, data.input);
  const plan = planNetwork(genotype, network);
  const training = data.training('networks');
  const trainer = new NetworkTrainer({
    ...{
      plan,
      seed: config.seed,
      stream: 'networks',
      settings: config.final,
      epochs: 1,
      recipe: plainRecipe,
    },
    engine: await prepareEngine({ choice: 'auto', threads: defaultThreads(), plans: [plan] }),
    stepsPerEpoch: steps,
    train: training.train,
    plainBatches: () => training.plainBatches(),
    score: 'accuracy',
  });
  while (!trainer.epochFull) await trainer.step();
  // For the statistics of BN.
  await trainer.judge([...training.plainBatches()].slice(0, 1), () => false);
  const { weights, statistics } = trainer.weights();
  trainer.dispose();
  const file: GenotypeFile = {
    ...{ format: 'nas-workbench/genotype', version: 1, genotype, network },
    origin: {
      ...{ name: `network ${config.seed}`, runId: 'networks', strategy: 'random', data: 'mnist' },
      ...{ seed: config.seed, epoch: 0, unit: 'trial', createdAt: '2026-01-01T00:00:00.000Z', tool: 'bench' },
    },
  };
  return { file, trained: { weights, statistics } };
}

/** Networks with the pictures that they are compared on. */
export interface RandomNetworks {
  readonly stored: readonly StoredFile[];
  readonly batches: readonly ArrayBatch[];
  readonly images: number;
  /** Of each network, as `nas inspect` counts them. */
  readonly parameters: readonly number[];
  /** Registered operations that none of them has. */
  readonly missing: readonly string[];
}

/**
 * @param counts how many of each space: cells, NAS-Bench-201, chains, inverted residual blocks, of which the first are small and all others
 * take most of the time; the same numbers give the same networks
 * @param channels of those that are scaled by them
 */
export async function randomNetworks(counts: readonly number[], channels = 8): Promise<RandomNetworks> {
  const packedFolder = join(__dirname, '../../data');
  const stored: StoredFile[] = [];
  let data: JobData | undefined;
  for (const [space, options] of spaces.entries()) {
    for (let i = 0; i < counts[space]!; i++) {
      const seed = 100 * space + i;
      const config = configOf(options[i % options.length], seed, channels);
      // Of all of them the same.
      data ??= await loadJobData({ ...config, seed: 1 }, { configFolder: __dirname, packedFolder });
      const genotype = spaceOf(config).sample(Random.fromSeed(seed, 'networks'));
      stored.push(await trained(config, genotype, data));
    }
  }
  const used = new Set(
    JSON.stringify(stored.map(({ file }) => file.genotype)).match(/[a-z]+_[a-z0-9_]+|none/g),
  );
  const batches = [...data!.training('networks').testBatches()];
  return {
    ...{ stored, batches },
    missing: operationNames.filter((name) => !used.has(name)),
    images: batches.reduce((sum, { shape }) => sum + shape[0], 0),
    parameters: stored.map(({ file }) => networkCost(planNetwork(file.genotype, file.network)).parameters),
  };
}

/** What one framework computes beside the engine. */
export interface Comparison {
  readonly name: string;
  /** Largest difference of a logit, by network. */
  readonly apart: readonly number[];
  /** The same by the network's largest logit, or by 1 where that is larger. */
  readonly relative: readonly number[];
  /** How many predictions differ, by network. */
  readonly differing: readonly number[];
  /** Whether it counts the same parameters in all; undefined where it does not count. */
  readonly countsAlike: boolean | undefined;
}

export async function compareEverywhere(networks: RandomNetworks): Promise<Comparison[]> {
  const { stored, batches, images, parameters } = networks;
  const rows = await computeEverywhere(stored, batches);
  const [engine] = rows;
  return rows.map(({ name, logits, parameters: counted }) => {
    const apart = logits.map((own, n) => distance(own, engine!.logits[n]!));
    const differing = logits.map((own, n) => {
      const { classes } = stored[n]!.file.network;
      const classOf = (of: Float32Array, image: number): number => predictedClass(of, image, classes);
      return Array.from({ length: images }, (_, i) => i).filter(
        (i) => classOf(own, i) !== classOf(engine!.logits[n]!, i),
      ).length;
    });
    const sizes = engine!.logits.map((all) =>
      all.reduce((most, value) => Math.max(most, Math.abs(value)), 1),
    );
    return {
      ...{ name, apart, differing },
      relative: apart.map((distance, n) => distance / sizes[n]!),
      countsAlike: counted?.every((count, n) => count === parameters[n]),
    };
  });
}
