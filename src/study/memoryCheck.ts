/** Whether a job fits into the memory of this machine, before it takes any; and what would fit. */
import { freemem, totalmem } from 'node:os';
import type { Config } from '../config/schema';
import { UserError } from '../errors';
import { formatBytes } from '../format';
import type { PreparedJob } from '../job/prepare';
import { forecastMemory, mostMemory, type ForecastOptions } from './memory';

/** Memory that a process may have, bytes. */
export interface MachineMemory {
  /** Of the machine, or what the process is held to. */
  readonly total: number;
  /** What is free now. */
  readonly free: number;
}

/** Share of the machine's memory beyond which nothing but the job would be left, and the system would end it. */
const mostShare = 0.9;
/**
 * How many times the machine's memory the bound has to be for the forecast to be left out, which takes minutes for such networks: none that
 * was measured is less than an eighth of the bound, so it would be some hundred times the memory.
 */
export const farBeyond = 2000;
/** Smaller batches say too little of a gradient. */
const leastBatch = 8;

export function machineMemory(): MachineMemory {
  const total = totalmem();
  // 0, or more than there is, where the process is held to nothing.
  const held = process.constrainedMemory();
  return held > 0 && held < total
    ? { total: held, free: Math.min(held, freemem()) }
    : { total, free: freemem() };
}

/**
 * @returns the job, with what the person should know where it may take more than is free now
 * @throws UserError with code `memory` where the job takes more than the machine has, with the nearest that fits
 */
export function requireMemory(
  config: Config,
  prepared: PreparedJob,
  { total, free }: MachineMemory = machineMemory(),
): PreparedJob {
  const { space, data, engine } = prepared;
  const { images, input } = data;
  const options: ForecastOptions = {
    ...{ config, space, input, engine: engine.name, threads: engine.threads },
    facts: {
      ...{ ...input.input, classes: input.classes },
      ...{ trainCount: images.train + images.validation, testCount: images.test },
    },
  };
  const most = mostShare * total;
  const bound = mostMemory(options);
  if (bound <= Math.min(free, most)) return prepared;
  if (bound > farBeyond * total) {
    throw new UserError(
      `The run would take many times the memory of this machine, which has ${formatBytes(total)}.`,
      'Use a much smaller batch, fewer channels, cells or nodes.',
      'memory',
    );
  }
  const peak = peakOf(options);
  if (peak === undefined || peak <= Math.min(free, most)) return prepared;
  if (peak <= most) {
    const notice = `The run may take ${formatBytes(peak)} of memory, and ${formatBytes(free)} are free now: other programs may become slow.`;
    return { ...prepared, engine: { ...engine, notices: [...engine.notices, notice] } };
  }
  throw new UserError(
    `The run would take about ${formatBytes(peak)} of memory, and this machine has ${formatBytes(total)}.`,
    proposal(options, peak, most) ??
      'Use fewer channels, cells or nodes; nas inspect tells what a config takes.',
    'memory',
  );
}

function peakOf(options: ForecastOptions): number | undefined {
  return forecastMemory(options)?.peak;
}

/** The same with smaller batches. */
function withBatches(config: Config, most: number): Config {
  const { training, final } = config;
  return {
    ...config,
    training: { ...training, batchSize: Math.min(training.batchSize, most) },
    final: { ...final, batchSize: Math.min(final.batchSize, most) },
  };
}

/** A smaller config that fits, in words: the largest batches that do, or the smallest and fewer channels. */
function proposal(options: ForecastOptions, peak: number, most: number): string | undefined {
  const { config } = options;
  const needs = (candidate: Config): number => peakOf({ ...options, config: candidate }) ?? Infinity;
  const least = withBatches(config, leastBatch);
  const ofLeast = needs(least);
  const largest = Math.max(config.training.batchSize, config.final.batchSize);
  if (ofLeast <= most) {
    // Activations grow with the batch, all else stays as it is.
    const ofImage = (peak - ofLeast) / (largest - leastBatch);
    const images = leastBatch + (most - ofLeast) / ofImage;
    const fitting = withBatches(config, 2 ** Math.floor(Math.log2(Math.max(leastBatch, images))));
    const bytes = needs(fitting);
    return bytes <= most ? said(config, fitting, bytes) : said(config, least, ofLeast);
  }
  const channels = Math.max(4, Math.floor(config.final.channels / 4));
  const narrow = { ...least, final: { ...least.final, channels: Math.min(config.final.channels, channels) } };
  const bytes = needs(narrow);
  return bytes <= most ? said(config, narrow, bytes) : undefined;
}

/** What of a config is to be changed, and what it takes then. */
function said(from: Config, to: Config, bytes: number): string {
  const numbers = [
    ['training.batchSize', from.training.batchSize, to.training.batchSize],
    ['final.batchSize', from.final.batchSize, to.final.batchSize],
    ['final.channels', from.final.channels, to.final.channels],
  ] as const;
  const changes = numbers.flatMap(([key, was, is]) => (is < was ? [`"${key}": ${is}`] : []));
  return `It fits with ${changes.join(', ')}: about ${formatBytes(bytes)}.`;
}
