/** A search of trials small enough for a test. */
import { configSchema, type Config, type ConfigInput } from '../../../src/config/schema';
import { layOver } from '../../../src/config/presets';

const small: ConfigInput = {
  seed: 5,
  space: { type: 'nasbench201', cellsPerStage: 1, channels: 2 },
  strategy: { type: 'random' },
  estimator: { type: 'training', epochs: 2 },
  data: { set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8 },
  training: { batchSize: 8 },
  budget: { trials: 2 },
  final: { epochs: 0 },
  output: { logEverySteps: 1 },
};

/** @param changes laid over it; space, strategy and estimator are replaced as a whole */
export function searchConfig(changes: ConfigInput = {}): Config {
  const { space, strategy, estimator, ...others } = small;
  return configSchema.parse(layOver({ ...others }, { space, strategy, estimator, ...changes }));
}
