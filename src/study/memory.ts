/** How much memory a job will take, from its config alone. */
import type { Config } from '../config/schema';
import { networkCost } from '../cost/network';
import { imageSize, type DataFacts } from '../data/dataSet';
import type { EngineName } from '../engine';
import { withAuxiliary } from '../network/auxiliary';
import { searchMemory, trainingMemory } from '../network/fused/memory';
import { whereSupported } from '../network/unsupported';
import { gradientMethod } from '../search/strategies';
import type { NetworkPlan } from '../space/plan';
import type { NetworkFrame } from '../space/frame';
import { planNetwork } from '../space/network';
import type { SearchSpace } from '../space/searchSpace';
import { evaluationBatchSize } from '../job/data';
import { baselineGenotype, finalNetwork, supernetPlan, usesSupernet } from '../job/plan';

/** Bytes. */
export interface MemoryForecast {
  /** Of the engine in the search. */
  readonly search: number;
  /** Of the engine in the trainings after it, if there are any: the largest of some networks drawn at random. */
  readonly training: number | undefined;
  /** Of the process around the engine: its code, threads, data, and what JavaScript holds. */
  readonly process: number;
  /** Largest resident memory of the process. */
  readonly peak: number;
}

/**
 * Resident memory of a process that has loaded its bundle and, but for the fused engine, a tensor library: measured with Node 20 on Linux as the peak of
 * searches whose networks and data take next to nothing, less their threads.
 */
const engineBytes: Readonly<Record<EngineName, number>> = {
  fused: 120e6,
  tensorflow: 432e6,
  wasm: 118e6,
  cpu: 118e6,
};

/** Of a thread with its own JavaScript engine, measured likewise: the difference between 1, 2 and 4 threads. */
const threadBytes = 7.5e6;

/**
 * Weight vectors alive at a time: the weights, their momentum, copies for the checkpoint, and the gradients of past steps,
 * which JavaScript collects as garbage a few dozen MB at a time.
 */
const weightVectors = 12;

/** The unpacked file and what it was put together from. */
const dataCopies = 2;

/** Networks drawn to see how large a found one may be; their memory differs by about a third. */
const drawn = 4;

export interface ForecastOptions {
  readonly config: Config;
  readonly space: SearchSpace;
  readonly facts: DataFacts;
  readonly input: NetworkFrame;
  readonly engine: EngineName;
  readonly threads: number;
}

/** @returns undefined where the reference computes, whose memory is not known beforehand */
export function forecastMemory(options: ForecastOptions): MemoryForecast | undefined {
  const { config, engine } = options;
  if (engine !== 'fused') return undefined;
  const searched = searchedNetworks(options);
  const found = config.final.epochs > 0 ? drawnNetworks(options) : [];
  const parameters = Math.max(...[...searched, ...found].map((plan) => networkCost(plan).parameters));
  const around = processBytes(options) + 4 * weightVectors * parameters;
  const forecast = (): MemoryForecast => {
    const search = Math.max(0, ...searched.map((plan) => searchBytes(options, plan)));
    const trainings = found.map((plan) => networkBytes(options, plan));
    const training = trainings.length > 0 ? Math.max(...trainings) : undefined;
    // The engine of a training takes over the memory of the one before.
    return { search, training, process: around, peak: around + Math.max(search, training ?? 0) };
  };
  return whereSupported(forecast, () => undefined);
}

/**
 * More than a job takes, from the sizes of its layers alone: the engine is not planned, which takes seconds for large networks and leaves
 * tens of MB of garbage in the process that asks.
 */
export function mostMemory(options: ForecastOptions): number {
  const { config } = options;
  const bytes = (plan: NetworkPlan, batchSize: number): number => {
    const { activations, parameters } = networkCost(plan);
    return 4 * (Math.max(batchSize, evaluationBatchSize) * activations + weightVectors * parameters);
  };
  const searched = searchedNetworks(options).map((plan) => 2 * bytes(plan, config.training.batchSize));
  const found = config.final.epochs > 0 ? drawnNetworks(options) : [];
  return (
    processBytes(options) +
    Math.max(0, ...searched, ...found.map((plan) => 2 * bytes(plan, config.final.batchSize)))
  );
}

function searchBytes({ config, facts, threads }: ForecastOptions, plan: NetworkPlan): number {
  const images = Math.min(facts.trainCount, config.data.trainImages ?? Infinity);
  const evaluation = Math.min(evaluationBatchSize, Math.round(images * config.data.validationShare));
  const batches = { training: config.training.batchSize, evaluation };
  const method = gradientMethod(config.strategy);
  return method
    ? searchMemory(plan, batches, threads, method.order === 'second')
    : trainingMemory(plan, batches, false, threads);
}

/** The supernet, or some of the networks that a sampling strategy may propose. */
function searchedNetworks({ config, space, input }: ForecastOptions): NetworkPlan[] {
  if (config.architecture) return [];
  if (usesSupernet(config)) return [supernetPlan(config, space, input)];
  return Array.from({ length: drawn }, (_, i) => space.proxy(baselineGenotype(config, space, i), input));
}

function networkBytes({ config, facts, threads }: ForecastOptions, plan: NetworkPlan): number {
  const { batchSize, dropPath, auxiliaryWeight } = config.final;
  const evaluation = Math.min(evaluationBatchSize, facts.testCount, config.data.testImages ?? Infinity);
  const trained = auxiliaryWeight > 0 ? withAuxiliary(plan, auxiliaryWeight) : plan;
  return trainingMemory(trained, { training: batchSize, evaluation }, dropPath > 0, threads);
}

function drawnNetworks({ config, space, input }: ForecastOptions): NetworkPlan[] {
  const network = finalNetwork(config, input);
  return Array.from({ length: drawn }, (_, i) => planNetwork(baselineGenotype(config, space, i), network));
}

/** Without what depends on the network. */
function processBytes({ facts, input, engine, threads }: ForecastOptions): number {
  // The whole set is read, one byte a value, and then fitted – or each picture by itself while it is read.
  const [read, fitted] = [imageSize(facts), imageSize(input.input)];
  const image = facts.sizes ? dataCopies * fitted : dataCopies * read + (read === fitted ? 0 : fitted);
  const data = (facts.trainCount + facts.testCount) * image;
  return engineBytes[engine] + threads * threadBytes + data;
}
