/**
 * How long the run of a config would take here, before its data is loaded: a few steps of its own network with the clock at them,
 * and the work of all of its parts. Judging networks is not counted, as it is not in the ETA of a run.
 */
import { randomFillSync } from 'node:crypto';
import type { Config } from '../config/schema';
import { type DataFacts, imageSize, type ImageSet } from '../data/dataSet';
import { HeldImages } from '../data/images';
import { workOf } from '../job/clock';
import { JobData } from '../job/data';
import { frameOf, jobParts, spaceOf } from '../job/plan';
import { racedNetwork, timedWork } from '../job/race';
import { firstWork } from '../job/startSearch';
import { workFrom } from '../job/work';
import { timedSteps, type TimedSteps } from '../network/timedSteps';
import { Unsupported } from '../network/unsupported';

/** Steps that count, after one that also makes what the engine keeps. */
const countedSteps = 3;

/** Noise in place of the images of a config: as many and of the same shape, so that batches and steps are those of its run. */
function noise(config: Config, facts: DataFacts): JobData {
  const { input, classes } = frameOf(config, facts);
  const classNames = Array.from({ length: classes }, (_, i) => `${i}`);
  const set = (count: number): ImageSet => ({
    ...{ ...input, count, classes, classNames },
    images: new HeldImages(randomFillSync(new Uint8Array(count * imageSize(input))), imageSize(input)),
    labels: Uint16Array.from({ length: count }, (_, i) => i % classes),
  });
  const { trainImages = Infinity, testImages = Infinity } = config.data;
  return new JobData(config, {
    name: config.data.set,
    train: set(Math.min(facts.trainCount, trainImages)),
    test: set(Math.min(facts.testCount, testImages)),
  });
}

/**
 * Seconds that this machine takes for a multiply–accumulate of the config's longest part.
 * @returns undefined where the fused engine does not compute it
 */
export async function measurePace(
  config: Config,
  facts: DataFacts,
  threads: number,
): Promise<number | undefined> {
  const network = racedNetwork(config, { space: spaceOf(config), data: noise(config, facts) });
  let steps: TimedSteps;
  try {
    steps = timedSteps(network, { engine: 'fused', threads });
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
  try {
    await steps.step();
    const times: number[] = [];
    while (times.length < countedSteps) times.push(await steps.step());
    const [median] = times.toSorted((a, b) => a - b).slice(Math.floor(countedSteps / 2));
    return median! / 1000 / timedWork(network);
  } finally {
    steps.dispose();
  }
}

/**
 * Multiply–accumulates of all parts of a run.
 * @param facts of its data as they are, before anything is fitted
 */
export function workOfRun(config: Config, facts: DataFacts): number {
  const [space, data] = [spaceOf(config), noise(config, facts)];
  const first = firstWork({
    ...{ config, space, data, engine: { engine: 'fused', threads: 1 } },
    readFile: (path) => {
      throw new RangeError(`The work of a run is told without its files, such as ${path}.`);
    },
  });
  return workOf(workFrom(first, jobParts(config).slice(1), config, { space, data }));
}
