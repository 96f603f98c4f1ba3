/**
 * How much longer a step of α and one of w take together when α's is of second order (equations 7 and 8 of DARTS), the two in
 * turns: `npm run bench:secondOrder`.
 */
import { availableParallelism } from 'node:os';
import type { ArrayBatch } from '../src/network/batch';
import { Random } from '../src/random';
import { GradientSearch } from '../src/search/gradient/search';
import type { BatchSource } from '../src/search/process';
import { darts } from '../src/search/strategies/darts';
import { createSpace } from '../src/space/searchSpace';
import { dartsOperations } from '../src/space/operations';
import { randomBatch } from '../test/support/supernets';
import { dartsPlan, median, smallSize } from './support/darts';

const rounds = 40;
const allowed = 2.6;
const { channels, cells, nodes, batch: batchSize, side } = smallSize;
const frame = { input: { height: side, width: side, channels: 3 }, classes: 10 };
const space = createSpace({
  ...{ type: 'cell', channels, cells, nodes, inputsPerNode: 2, stemMultiplier: 3 },
  operations: dartsOperations as never,
});

/** The same batch over and over: to make one is no part of what is measured. */
function source(batch: ArrayBatch): BatchSource {
  return { next: () => batch, state: () => undefined, restore: () => undefined };
}

function start(order: 'first' | 'second'): GradientSearch {
  const batch = randomBatch(dartsPlan(smallSize), batchSize, Random.fromSeed(1, 'bench'));
  return new GradientSearch(darts.method(darts.options.parse({ order })), {
    ...{ seed: 1, space, frame, epochs: 1, logEverySteps: 1e6 },
    data: {
      classes: frame.classes,
      score: 'accuracy',
      train: source(batch),
      validation: source(batch),
      trainBatches: () => source(batch),
      plainBatches: () => [batch],
      architectureBatches: () => [batch],
      validationBatches: () => [batch],
      stepsPerEpoch: 1e6,
    },
    engine: { engine: 'fused', threads: availableParallelism() },
    training: {
      ...{ batchSize, learningRate: 0.025, minLearningRate: 0.001 },
      ...{ momentum: 0.9, weightDecay: 3e-4, gradientClip: 5 },
    },
  });
}

async function main(): Promise<void> {
  const searches = { first: start('first'), second: start('second') };
  const times = { first: [] as number[], second: [] as number[] };
  // The first two rounds only warm up.
  for (let round = -2; round < rounds; round++) {
    for (const order of ['first', 'second'] as const) {
      const begin = performance.now();
      await searches[order].advance({ emit: () => undefined, interrupted: () => false });
      if (round >= 0) times[order].push(performance.now() - begin);
    }
  }
  for (const search of Object.values(searches)) search.dispose();
  for (const [order, values] of Object.entries(times)) {
    const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.round);
    console.log(`${order.padEnd(6)} order ${Math.round(median(values))} ms (${low} to ${high})`);
  }
  const ratio = median(times.second.map((time, i) => time / times.first[i]!));
  console.log(`a pair of steps takes ${ratio.toFixed(2)} times as long (median of ${rounds} pairs)`);
  if (ratio > allowed) process.exitCode = 1;
}

void main();
