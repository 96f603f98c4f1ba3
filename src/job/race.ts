/**
 * The race for `engine: auto`: a few steps of a job's own network on the fused engine, in this process, and on native
 * TensorFlow, in a process that ends with the race. It takes a small share of the job at most, or does not take place.
 */
import type { Config } from '../config/schema';
import { networkCost } from '../cost/network';
import type { EngineName } from '../engine';
import { UserError } from '../errors';
import type { ArrayBatch } from '../network/batch';
import { timedSteps, type TimedNetwork, type TimedSteps } from '../network/timedSteps';
import type { Mixtures } from '../network/supernet';
import { Unsupported } from '../network/unsupported';
import { partialMixtures, softmaxMixtures } from '../network/mixture';
import { answeredBefore } from '../proof/answer';
import { ProofFailure, ProofProcess, type ProofProcessOptions } from '../proof/client';
import type { GradientMethod } from '../search/strategy';
import type { CellKind } from '../space/frame';
import { planNetwork } from '../space/network';
import type { SupernetSpace } from '../space/searchSpace';
import type { JobEngine } from './engine';
import { baselineGenotype, finalNetwork, gradientMethodOf } from './plan';
import type { PreparedJob } from './prepare';

/** How many times as fast TensorFlow has to be: less is not worth its memory and its start, and may be chance. */
export const leastSpeedup = 1.15;
/** Most that a race may take: of the job's time, and milliseconds. */
export const budgetShare = 0.02;
export const longestRace = 10_000;
/** What the start of TensorFlow's process takes, about, milliseconds. */
const startMilliseconds = 1500;
/** Steps that count, at most, after one that does not. */
const countedSteps = 3;

/** Median milliseconds of a step on each. */
export interface RaceTimes {
  readonly fused: number;
  readonly tensorflow: number;
}

/** The faster, and the fused engine unless TensorFlow is clearly so. */
export function chooseEngine({ fused, tensorflow }: RaceTimes): Extract<EngineName, 'fused' | 'tensorflow'> {
  // The smallest difference that counts, counts, whatever a quotient is rounded to.
  return fused >= leastSpeedup * tensorflow ? 'tensorflow' : 'fused';
}

/**
 * Milliseconds that a race may take.
 * @param job that the whole job takes on the fused engine
 */
export function raceBudget(job: number): number {
  return Math.min(longestRace, budgetShare * job);
}

/**
 * Whether TensorFlow's process can start and, were it twice as fast, do the fewest steps.
 * @param left of the budget, milliseconds
 * @param fused milliseconds of a step
 */
export function hasRoom(left: number, fused: number): boolean {
  return startMilliseconds + fused <= left;
}

/** The line in which a run says how the race ended. */
export function describeRace({ fused, tensorflow }: RaceTimes): string {
  const milliseconds = (time: number): string => `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
  const chosen = chooseEngine({ fused, tensorflow }) === 'fused' ? 'fused' : 'TensorFlow';
  return `Race of engines: fused ${milliseconds(fused)}, TensorFlow ${milliseconds(tensorflow)} a step: ${chosen}.`;
}

export interface RaceContext {
  /** Disposed of by the race. */
  readonly fused: TimedSteps;
  /**
   * @param signal that nobody waits for it any longer
   * @throws UserError where it cannot be had
   */
  startTensorflow(signal: AbortSignal): Promise<TimedSteps>;
  /** How many of the timed steps the work of the whole job comes to. */
  readonly steps: number;
  /** Whether somebody wants to stop the job. */
  interrupted(): boolean;
  /** Milliseconds; a test has its own clock. */
  now?(): number;
}

/** @returns undefined where the job is too short, the budget ran out, or TensorFlow cannot be had */
export async function race(context: RaceContext): Promise<RaceTimes | undefined> {
  const { fused, steps, interrupted, now = () => performance.now() } = context;
  const start = now();
  const times: number[] = [];
  const left = (): number => raceBudget(steps * median(times)) - (now() - start);
  try {
    // Two steps of the fused engine have to be within the budget as well.
    if (steps * budgetShare <= 2) return undefined;
    await fused.step();
    while (times.length < countedSteps && (times.length === 0 || hasRoom(left() - times[0]!, times[0]!))) {
      // Who stops a job does not wait for a race.
      if (interrupted()) return undefined;
      times.push(await fused.step());
    }
  } finally {
    // Its threads leave the cores to the other one.
    fused.dispose();
  }
  if (interrupted() || !hasRoom(left(), median(times))) return undefined;
  const others = await timeOther(context, () => left() <= 0 || interrupted());
  return others.length > 0 ? { fused: median(times), tensorflow: median(others) } : undefined;
}

/** Times of TensorFlow's steps, as many as there is time for. */
async function timeOther({ startTensorflow }: RaceContext, over: () => boolean): Promise<number[]> {
  const times: number[] = [];
  const end = new AbortController();
  const { signal } = end;
  const timing = (async () => {
    const other = await startTensorflow(signal);
    if (signal.aborted) return other.dispose();
    // Killed in the middle of a step when time is up, and then nobody hears how that ends.
    signal.addEventListener('abort', () => other.dispose(), { once: true });
    await other.step();
    while (times.length < countedSteps && !signal.aborted) times.push(await other.step());
  })();
  try {
    await answeredBefore(timing.catch(noteNothing), over);
    return times;
  } finally {
    end.abort();
  }
}

/** A library that fails has lost; anything else is a defect. */
function noteNothing(error: unknown): void {
  if (!(error instanceof ProofFailure) && !(error instanceof UserError)) throw error;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The network of a job's longest part: the supernet of a search by gradients, else a network of its final training. */
export function racedNetwork(
  config: Config,
  { space, data }: Pick<PreparedJob, 'space' | 'data'>,
): TimedNetwork {
  const { input } = data;
  const method = gradientMethodOf(config);
  if (method && space.supernet) {
    const { supernet } = space;
    const plan = supernet.plan(input, method);
    return { plan, batch: batchOf(data.search().train), mixtures: undecided(supernet, method) };
  }
  const genotype = baselineGenotype(config, space, 0);
  if (config.final.epochs === 0) {
    return { plan: space.proxy(genotype, input), batch: batchOf(data.search().train) };
  }
  const plan = planNetwork(genotype, finalNetwork(config, input));
  return { plan, batch: batchOf(data.training('race').train) };
}

/** The mixtures of α and β that are all zero: a search begins near them. */
function undecided(
  { kinds, edges, operations }: SupernetSpace,
  { edgeNormalization }: Pick<GradientMethod, 'edgeNormalization'>,
): Mixtures {
  const ofKind = <T>(kind: CellKind, zero: () => T): T[] => (kinds.includes(kind) ? edges.map(zero) : []);
  const alphas = (kind: CellKind): number[][] => ofKind(kind, () => operations.map(() => 0));
  const betas = (kind: CellKind): number[] => ofKind(kind, () => 0);
  const allAlphas = { normal: alphas('normal'), reduction: alphas('reduction') };
  if (!edgeNormalization) return softmaxMixtures(allAlphas);
  return partialMixtures(allAlphas, { normal: betas('normal'), reduction: betas('reduction') }, edges);
}

function batchOf(source: { next(): ArrayBatch }): ArrayBatch {
  const { images, labels, shape, lossWeights } = source.next();
  return { images, labels, shape, lossWeights };
}

/** Multiply–accumulates of one timed step. */
export function timedWork({ plan, batch, mixtures }: TimedNetwork): number {
  // Forward and backward are about three forward passes, which a supernet does twice.
  return (mixtures ? 2 : 1) * 3 * batch.shape[0] * networkCost(plan).flops;
}

export interface JobRaceOptions {
  readonly config: Config;
  readonly prepared: PreparedJob;
  /** Multiply–accumulates of the whole job. */
  readonly work: number;
  /** Where the process of TensorFlow comes from. */
  readonly process: ProofProcessOptions;
  interrupted(): boolean;
}

/** @returns the engine that a new job computes with, and the line about it where there was a race */
export async function raceEngines(options: JobRaceOptions): Promise<{ engine: JobEngine; line?: string }> {
  const { config, prepared, work, process, interrupted } = options;
  const { engine } = prepared;
  const { startRival } = engine;
  if (!startRival) return { engine };
  const network = racedNetwork(config, prepared);
  let rival: JobEngine | undefined;
  const startTensorflow = async (signal: AbortSignal): Promise<TimedSteps> => {
    rival = await startRival(signal);
    signal.throwIfAborted();
    return processSteps(network, process);
  };
  let fused: TimedSteps;
  try {
    fused = timedSteps(network, { engine: 'fused', threads: engine.threads });
  } catch (error) {
    if (error instanceof Unsupported) return { engine };
    throw error;
  }
  const times = await race({ fused, startTensorflow, steps: work / timedWork(network), interrupted });
  if (!times) return { engine };
  const won = rival !== undefined && chooseEngine(times) === 'tensorflow';
  return { engine: won ? rival! : engine, line: describeRace(times) };
}

/** The same steps on native TensorFlow in another process. */
function processSteps(network: TimedNetwork, options: ProofProcessOptions): TimedSteps {
  const child = new ProofProcess(options);
  let loaded: Promise<void> | undefined;
  return {
    async step() {
      await (loaded ??= child.load(network));
      return child.step();
    },
    dispose: () => child.dispose(),
  };
}
