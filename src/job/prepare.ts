/** What every job stands on, from its config: the space, the data, the limits, and what computes. Runs and studies begin here. */
import type { Config } from '../config/schema';
import type { EngineChoice } from '../engine';
import type { NetworkFrame } from '../space/frame';
import type { Genotype } from '../space/genotype';
import { planNetwork } from '../space/network';
import type { NetworkPlan } from '../space/plan';
import type { SearchSpace } from '../space/searchSpace';
import { defaultThreads } from '../threads';
import { loadJobData, type JobData, type LoadJobDataOptions } from './data';
import { prepareEngine, type JobEngine } from './engine';
import { jobLimits, type JobLimits } from './limits';
import { baselineGenotype, finalNetwork, spaceOf, supernetPlan, usesSupernet } from './plan';

export interface PreparedJob {
  readonly space: SearchSpace;
  readonly data: JobData;
  readonly limits: JobLimits;
  readonly engine: JobEngine;
}

export interface PrepareOptions extends LoadJobDataOptions {
  /** Instead of the config's. */
  readonly engine?: EngineChoice;
  /** Of the engine; all cores unless given. */
  readonly threads?: number;
  /** Where native TensorFlow is looked for first. */
  readonly nativeFolder?: string;
}

/** Networks drawn to see what can compute those of a config. */
const drawn = 4;

/** @throws UserError when the data, the latency table or what should compute cannot be had */
export async function prepareJob(config: Config, options: PrepareOptions): Promise<PreparedJob> {
  const { nativeFolder, configFolder, threads = defaultThreads() } = options;
  const space = spaceOf(config);
  const data = await loadJobData(config, options);
  const engine = await prepareEngine({
    ...{ nativeFolder, threads },
    choice: options.engine ?? config.engine,
    plans: someNetworks(config, space, data.input),
  });
  options.onProgress?.(`Engine: ${engine.description}`);
  return { space, data, engine, limits: jobLimits(config, space, configFolder, data.input) };
}

/** The network that the search trains, or some of those that it may train, and some that may be trained in the end. */
function someNetworks(config: Config, space: SearchSpace, frame: NetworkFrame): NetworkPlan[] {
  const genotypes = Array.from({ length: drawn }, (_, index) => baselineGenotype(config, space, index));
  const searched = searchedNetworks(config, space, frame, genotypes);
  if (config.final.epochs === 0) return searched;
  const network = finalNetwork(config, frame);
  return [...searched, ...genotypes.map((genotype) => planNetwork(genotype, network))];
}

/** Networks that the search trains, or may train. */
function searchedNetworks(
  config: Config,
  space: SearchSpace,
  frame: NetworkFrame,
  genotypes: readonly Genotype[],
): NetworkPlan[] {
  if (config.architecture) return [];
  if (usesSupernet(config)) return [supernetPlan(config, space, frame)];
  return genotypes.map((genotype) => space.proxy(genotype, frame));
}
