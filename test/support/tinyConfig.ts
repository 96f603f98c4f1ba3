/** A search small enough for a test, on images that are drawn rather than read; without a proof unless a test asks. */
import path from 'node:path';
import { configSchema, type Config, type ConfigInput } from '../../src/config/schema';
import { layOver } from '../../src/config/presets';
import { RunFolder } from '../../src/runs/runFolder';

const tiny: ConfigInput = {
  seed: 5,
  space: { type: 'cell', nodes: 1, cells: 3, channels: 2, stemMultiplier: 1 },
  strategy: { type: 'darts', learningRate: 0.02, warmupEpochs: 1 },
  data: { set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8 },
  training: { batchSize: 8 },
  budget: { epochs: 3 },
  final: {
    ...{ epochs: 1, cells: 3, channels: 2, batchSize: 16, randomNetworks: 1, cutout: 2, dropPath: 0.1 },
    proof: false,
  },
  output: { logEverySteps: 1 },
};

/** @param changes laid over the tiny config */
export function tinyConfig(changes: ConfigInput = {}): Config {
  return configSchema.parse(layOver(tiny, changes));
}

/** A new run folder for a config, below `parent`. */
export function createRun(parent: string, config: Config, configFolder = '/'): RunFolder {
  const configFile = path.join(configFolder, 'x.nas.json');
  const options = { name: 'tiny', configFile, configFolder, tool: 'test' };
  return RunFolder.create(parent, { ...options, config });
}
