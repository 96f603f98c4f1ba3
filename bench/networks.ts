/**
 * Sixty random networks, fifteen of each space, trained for a few steps on handwritten digits and then computed by everything that their
 * files are for, on 1,000 test pictures of 14 × 14: `npm run bench:networks`. It ends with an error where logits are further apart than 1e-4,
 * more than one prediction in a thousand differs, or a framework counts other parameters than `nas inspect`.
 */
import { join } from 'node:path';
import { configSchema, type Config, type ConfigInput } from '../src/config/schema';
import { layOver, presetFor } from '../src/config/presets';
import { networkCost } from '../src/cost/network';
import { NetworkTrainer, plainRecipe } from '../src/estimate/networkTrainer';
import { loadJobData, type JobData } from '../src/job/data';
import { prepareEngine } from '../src/job/engine';
import { finalNetwork, spaceOf } from '../src/job/plan';
import { Random } from '../src/random';
import { operationNames } from '../src/space/operations';
import type { Genotype, GenotypeFile } from '../src/space/genotype';
import { planNetwork } from '../src/space/network';
import { defaultThreads } from '../src/threads';
import { computeEverywhere, distance, predictedClass, type StoredFile } from './support/frameworks';

const networksOfSpace = 15;
const steps = 40;
const pictures = 1000;
const allowed = { logits: 1e-4, predictions: 0.001 };

/** Every registered operation, and every kind of connection, activation and stem that a space has. */
const spaces: readonly ConfigInput['space'][][] = [
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

function configOf(space: ConfigInput['space'], seed: number): Config {
  const written: ConfigInput = {
    ...{ preset: 'laptop', seed, space },
    strategy: { type: 'random' },
    data: { set: 'mnist', trainImages: 1000, testImages: pictures, imageSize: 14 },
    final: {
      epochs: 1,
      cells: 3 + (seed % 3),
      channels: 8,
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

async function main(): Promise<void> {
  const packedFolder = join(__dirname, '../data');
  const stored: StoredFile[] = [];
  let data: JobData | undefined;
  for (const [space, options] of spaces.entries()) {
    for (let i = 0; i < networksOfSpace; i++) {
      const seed = 100 * space + i;
      const config = configOf(options[i % options.length], seed);
      data = await loadJobData({ ...config, seed: 1 }, { configFolder: __dirname, packedFolder });
      const genotype = spaceOf(config).sample(Random.fromSeed(seed, 'networks'));
      stored.push(await trained(config, genotype, data));
    }
  }
  const used = new Set(
    JSON.stringify(stored.map(({ file }) => file.genotype)).match(/[a-z]+_[a-z0-9_]+|none/g),
  );
  const missing = operationNames.filter((name) => !used.has(name));
  const batches = [...data!.training('networks').testBatches()];
  console.error(`Trained ${stored.length} networks.`);
  const rows = await computeEverywhere(stored, batches);
  const [first] = rows;
  const images = batches.reduce((sum, { shape }) => sum + shape[0], 0);
  const counts = stored.map(({ file }) => networkCost(planNetwork(file.genotype, file.network)).parameters);
  console.log(
    `${stored.length} networks of ${Math.min(...counts)} to ${Math.max(...counts)} parameters, ${images} pictures`,
  );
  if (missing.length > 0) console.log(`Operations that none of them has: ${missing.join(', ')}`);
  console.log(
    '| computed by | largest difference of logits | networks with one above 1e-4 | the same by the largest logit | most predictions of a network that differ | parameters |',
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  let held = missing.length === 0;
  for (const { name, logits, parameters } of rows) {
    const apart = logits.map((own, n) => distance(own, first!.logits[n]!));
    const differing = logits.map((own, n) => {
      const { classes } = stored[n]!.file.network;
      const classOf = (of: Float32Array, image: number): number => predictedClass(of, image, classes);
      return Array.from({ length: images }, (_, i) => i).filter(
        (i) => classOf(own, i) !== classOf(first!.logits[n]!, i),
      ).length;
    });
    const counted = parameters?.every((count, n) => count === counts[n]);
    const largest = Math.max(...apart);
    const most = Math.max(...differing);
    held &&= largest <= allowed.logits && most <= allowed.predictions * images && counted !== false;
    const sizes = first!.logits.map((logits) =>
      logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    );
    const relative = apart.map((distance, n) => distance / Math.max(1, sizes[n]!));
    const beyond = apart.filter((distance) => distance > allowed.logits).length;
    const equal = counted === undefined ? '' : counted ? 'all equal' : 'differ';
    const cells = [largest.toExponential(1), beyond, Math.max(...relative).toExponential(1), most, equal];
    console.log(`| ${[name, ...cells].join(' | ')} |`);
  }
  if (!held) throw new Error('Not all networks are the same everywhere.');
}

void main();
