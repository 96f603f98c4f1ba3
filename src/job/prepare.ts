/** What every job stands on, from its config: the space, the data, the limits, and what computes. Runs and studies begin here. */
import { availableParallelism } from 'node:os';
import { loadBackend, type LoadedBackend } from '../backend/load';
import type { Config } from '../config/schema';
import type { EngineOptions } from '../network/engines';
import type { SearchSpace } from '../space/searchSpace';
import { loadJobData, type JobData, type LoadJobDataOptions } from './data';
import { jobLimits, type JobLimits } from './limits';
import { spaceOf } from './plan';

export interface PreparedJob {
  readonly space: SearchSpace;
  readonly data: JobData;
  readonly limits: JobLimits;
  readonly engine: EngineOptions;
  /** The tensor library that is loaded. */
  readonly backend: LoadedBackend;
}

export interface PrepareOptions extends LoadJobDataOptions {
  /** Instead of the config's. */
  readonly backend?: Config['backend'];
  readonly engine?: EngineOptions['engine'];
  /** Of the engine; all cores unless given. */
  readonly threads?: number;
  /** Where native TensorFlow is looked for first. */
  readonly nativeFolder?: string;
}

/** @throws UserError when the data, the latency table or the tensor library cannot be had */
export async function prepareJob(config: Config, options: PrepareOptions): Promise<PreparedJob> {
  const { threads, nativeFolder, configFolder } = options;
  const space = spaceOf(config);
  const backend = await loadBackend(options.backend ?? config.backend, { threads, nativeFolder });
  options.onProgress?.(`Backend: ${backend.name} ${backend.version}. ${backend.reason}`);
  const data = await loadJobData(config, options);
  return {
    ...{ space, data, backend },
    limits: jobLimits(config, space, configFolder, data.input),
    engine: { engine: options.engine ?? 'auto', threads: threads ?? availableParallelism() },
  };
}
