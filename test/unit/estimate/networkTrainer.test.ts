import assert from 'node:assert/strict';
import {
  measuredBatches,
  NetworkTrainer,
  plainRecipe,
  type Recipe,
} from '../../../src/estimate/networkTrainer';
import { loadJobData } from '../../../src/job/data';
import { spaceOf } from '../../../src/job/plan';
import { FusedNetwork } from '../../../src/network/fused/fusedNetwork';
import { layoutOf } from '../../../src/network/structure';
import { Random } from '../../../src/random';
import type { NetworkPlan } from '../../../src/space/plan';
import type { SearchData } from '../../../src/search/searchData';
import { searchConfig } from './config';
import { throughFile } from './support';

const steps = 18;
const config = searchConfig({
  space: { type: 'cell', nodes: 2, cells: 3, channels: 8 },
  data: { set: 'synthetic', trainImages: 2 * 64 * steps, testImages: 40, imageSize: 8 },
  training: { batchSize: 64, learningRate: 0.1 },
});

/** A step, and the end of the epoch where it was the last one of it. */
async function stepOf(trainer: NetworkTrainer): Promise<void> {
  await trainer.step();
  if (trainer.epochFull) trainer.endEpoch();
}

function trainerOf(
  plan: NetworkPlan,
  data: SearchData,
  recipe = plainRecipe,
  epochs = 1,
  initial?: Float32Array,
): NetworkTrainer {
  return new NetworkTrainer({
    plan,
    engine: { engine: 'fused', threads: 1 },
    seed: config.seed,
    stream: 'short',
    settings: config.training,
    epochs,
    stepsPerEpoch: data.stepsPerEpoch,
    train: data.trainBatches('short'),
    plainBatches: () => data.plainBatches(),
    score: 'accuracy',
    recipe,
    initial,
  });
}

describe('the training of a network', () => {
  const never = (): boolean => false;
  let plan: NetworkPlan;
  let data: SearchData;

  before(async () => {
    const job = await loadJobData(config, { configFolder: '/' });
    data = job.search();
    plan = spaceOf(config).proxy(spaceOf(config).sample(Random.fromSeed(2)), job.input);
  });

  it('is judged after 18 steps by what its weights have learned', async () => {
    assert.equal(data.stepsPerEpoch, steps);
    const trainer = trainerOf(plan, data);
    const seen: number[] = [];
    while (!trainer.epochFull) seen.push((await trainer.step()).accuracy);
    const trained = seen.slice(-4).reduce((sum, accuracy) => sum + accuracy / 4, 0);
    const { accuracy } = (await trainer.judge(data.validationBatches(), never))!;
    trainer.dispose();
    assert.ok(trained > 0.5, `${trained}`);
    // Statistics averaged over the steps, as they were before, gave 0.32.
    assert.ok(accuracy > trained - 0.15, `${accuracy} after ${trained} in training`);
  });

  it('is judged alike again, after an interruption and after a checkpoint', async () => {
    const trainer = trainerOf(plan, data);
    while (!trainer.epochFull) await trainer.step();
    const unjudged = throughFile(trainer.snapshot());
    const expected = await trainer.judge(data.validationBatches(), never);
    const restored = trainerOf(plan, data);
    restored.restore(unjudged);
    for (const interruption of [1, 2, 4]) {
      let asked = 0;
      const judged = await restored.judge(data.validationBatches(), () => ++asked === interruption);
      assert.equal(judged, undefined);
    }
    assert.deepEqual(await restored.judge(data.validationBatches(), never), expected);
    assert.deepEqual(restored.snapshot(), trainer.snapshot());
    restored.dispose();
    trainer.dispose();
  });

  it('saves the statistics that it was judged with', async () => {
    const trainer = trainerOf(plan, data);
    while (!trainer.epochFull) await trainer.step();
    const judged = (await trainer.judge(data.validationBatches(), never))!;
    const { weights, statistics } = throughFile(trainer.snapshot()).arrays;
    trainer.dispose();
    const network = new FusedNetwork(plan, 1);
    let correct = 0;
    let images = 0;
    for (const batch of data.validationBatches()) {
      correct += (await network.evaluate(batch, weights!, statistics!)).correct;
      images += batch.shape[0];
    }
    network.dispose();
    assert.equal(correct / images, judged.accuracy);
  });

  const full: Recipe = {
    dropPath: 0.2,
    warmupEpochs: 1,
    labelSmoothing: 0.1,
    auxiliaryWeight: 0.4,
    weightAverage: 0.9,
  };

  it('goes on with its whole recipe from a checkpoint to the bit', async () => {
    const trainer = trainerOf(plan, data, full, 3);
    // Into the second epoch, where edges are dropped.
    while (trainer.progress.epoch < 1 || trainer.progress.step < steps + 3) await stepOf(trainer);
    const snapshot = throughFile(trainer.snapshot());
    const restored = trainerOf(plan, data, full, 3);
    restored.restore(snapshot);
    for (const each of [trainer, restored]) {
      while (!each.epochFull) await each.step();
      await each.judge(data.validationBatches(), never);
    }
    assert.deepEqual(restored.snapshot(), trainer.snapshot());
    restored.dispose();
    trainer.dispose();
  });

  it('keeps of its whole recipe a network without an auxiliary classifier, of averaged weights', async () => {
    const trainer = trainerOf(plan, data, full);
    while (!trainer.epochFull) await trainer.step();
    const judged = (await trainer.judge(data.validationBatches(), never))!;
    const { weights, statistics } = trainer.weights();
    const { weights: last, average } = trainer.snapshot().arrays;
    trainer.dispose();
    const { size } = layoutOf(plan);
    assert.equal(weights.length, size);
    assert.ok(last!.length > size);
    assert.deepEqual(weights, average!.slice(0, size));
    assert.notDeepEqual(weights, last!.slice(0, size));
    const network = new FusedNetwork(plan, 1);
    let correct = 0;
    let images = 0;
    for (const batch of data.validationBatches()) {
      correct += (await network.evaluate(batch, weights, statistics)).correct;
      images += batch.shape[0];
    }
    network.dispose();
    assert.equal(correct / images, judged.accuracy);
  });

  it('starts from the weights that it is given', async () => {
    const first = trainerOf(plan, data);
    await first.step();
    const { weights } = first.weights();
    first.dispose();
    const second = trainerOf(plan, data, plainRecipe, 1, weights);
    assert.deepEqual(second.weights().weights, weights);
    second.dispose();
  });

  it('measures statistics over 3 % of an epoch’s work, within 2 and 16 batches', () => {
    const epochs = [1, 2, 18, 25, 46, 100, 178, 390];
    assert.deepEqual(epochs.map(measuredBatches), [1, 2, 2, 2, 4, 9, 16, 16]);
  });
});
