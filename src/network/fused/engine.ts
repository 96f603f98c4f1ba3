/**
 * A network with its memory and programs: feeds a program, runs it, reads what it left. Programs are written when they
 * are first asked for and kept as long as their shape is in use.
 */
import { meanOf, type ArrayBatch } from '../batch';
import { structureOf, type NetworkStructure } from '../structure';
import type { NetworkPlan } from '../../space/plan';
import type { BatchScore } from '../supernet';
import type { Active } from './cell';
import { firstAddress, largestMemory, Machine } from './machine/machine';
import { NetworkModel } from './model';
import { writeProgram, type NetworkProgram } from './writeProgram';
import type { Wanted } from './pass';
import { wordOf, type Place } from './machine/place';
import { totalBytes } from './machine/placement';
import { lanesOf } from './weightStore';
import { UserError } from '../../errors';

/** Parts of the batch that threads take; more than threads, so that none waits long for another. */
const mostChunks = 16;
/** Programs kept; a path is sampled anew for every step, so that its program is not. */
const mostPrograms = 8;

export interface Request {
  readonly wanted: Wanted;
  /** Names the set of active candidates: programs of the same name are the same. */
  readonly pattern: string;
  active(cell: number): Active;
  readonly gated: boolean;
}

/** The program of a network for a batch. */
export function programFor(
  model: NetworkModel,
  batch: number,
  threads: number,
  request: Request,
): NetworkProgram {
  const { gated, wanted } = request;
  const pairs = model.cells.some((cell) => cell.fitsPairs) && batch % 2 === 0 && !gated && !wanted.inference;
  const size = { batch, chunks: Math.min(pairs ? batch / 2 : batch, mostChunks), threads, pairs };
  return writeProgram(model, { size, ...request });
}

/** What of a request stands for computing every candidate. */
export const everything: Pick<Request, 'pattern' | 'active'> = { pattern: '', active: () => () => true };

/** @throws Unsupported where a layer of the plan has no kernels */
export function modelOf(structure: NetworkStructure): NetworkModel {
  return new NetworkModel(structure, firstAddress);
}

export class Engine {
  readonly structure: NetworkStructure;
  private readonly model: NetworkModel;
  readonly machine: Machine;
  private readonly programs = new Map<string, NetworkProgram>();
  private loaded: NetworkProgram | undefined;
  private ended = false;

  constructor(plan: NetworkPlan, threads: number) {
    this.structure = structureOf(plan);
    this.model = modelOf(this.structure);
    this.machine = Machine.take(threads);
    // The padding of the weights is zero, which nobody writes.
    this.machine.floats.subarray(firstAddress / 4, this.model.end / 4).fill(0);
  }

  /** Bytes of memory that the engine holds. */
  get memory(): number {
    return this.machine.bytes;
  }

  /** The number of a mixture's weights, in the order that `mixtures` and their gradients have. */
  get mixtureCount(): number {
    return this.model.mixtures.count;
  }

  /**
   * Runs one batch.
   * @param mixtures weights of all candidates, cell by cell and edge by edge
   * @param prepare writes what else the program reads
   * @throws UserError when memory does not suffice
   */
  async run(
    batch: ArrayBatch,
    weights: Float32Array,
    mixtures: ArrayLike<number>,
    request: Request,
    prepare?: (program: NetworkProgram, floats: Float32Array) => void,
  ): Promise<{ score: BatchScore; program: NetworkProgram }> {
    await this.machine.started();
    const program = this.prepare(batch, weights, mixtures, request);
    prepare?.(program, this.machine.floats);
    await this.machine.run(program.encoded);
    return { score: this.score(program, batch), program };
  }

  /** What `run` does before the threads take over; once the machine has started. */
  prepare(
    batch: ArrayBatch,
    weights: Float32Array,
    mixtures: ArrayLike<number>,
    request: Request,
  ): NetworkProgram {
    const program = this.program(batch.shape[0], request);
    this.load(program);
    const { floats } = this.machine;
    this.model.store.write(weights, floats);
    floats.set(mixtures, this.model.mixtures.address / 4);
    // What is not computed has gradient 0; where nobody asks, nobody reads what is left.
    if (request.wanted.weights) this.model.store.clearGradient(floats);
    if (request.wanted.mixtures) {
      const start = this.model.mixtureGradients / 4;
      floats.fill(0, start, start + mixtures.length);
    }
    this.feed(program, batch);
    return program;
  }

  /** ∂L/∂w of the last run. */
  weightGradient(): Float32Array {
    return this.model.store.readGradient(this.machine.floats);
  }

  /** ∂L/∂ mixture weights of the last run. */
  mixtureGradient(): Float32Array {
    const start = this.model.mixtureGradients / 4;
    return this.machine.floats.slice(start, start + this.mixtureCount);
  }

  /** Part of a vector that the last run left. */
  read(place: Place, count: number): Float32Array {
    const start = wordOf(place);
    return this.machine.floats.slice(start, start + count);
  }

  /** What the last run left for each image of the batch, one after the other: [images, count]. */
  readImages(place: Place, images: number, count: number): Float32Array {
    const values = new Float32Array(images * count);
    for (let image = 0; image < images; image++) {
      const start = wordOf(place, image);
      values.set(this.machine.floats.subarray(start, start + count), image * count);
    }
    return values;
  }

  dispose(): void {
    // A second call must not take the machine from whoever has it by then.
    if (!this.ended) Machine.giveBack(this.machine);
    this.ended = true;
  }

  private program(batch: number, request: Request): NetworkProgram {
    const { weights, mixtures, inference } = request.wanted;
    const key = [batch, weights, mixtures, inference, request.gated, request.pattern].join(' ');
    let program = this.programs.get(key);
    if (!program) {
      program = programFor(this.model, batch, this.machine.threads, request);
      const oldest = this.programs.size >= mostPrograms ? this.programs.keys().next().value : undefined;
      if (oldest !== undefined) this.programs.delete(oldest);
      this.programs.set(key, program);
    }
    return program;
  }

  private load(program: NetworkProgram): void {
    if (this.loaded === program) return;
    const { words, address, constants, end } = program.encoded;
    try {
      if (end > largestMemory) throw new RangeError('Addresses end at 4 GB.');
      this.machine.reserve(end);
    } catch {
      throw new UserError(
        `A step needs ${(end / 2 ** 30).toFixed(1)} GB of memory, which this machine or process cannot give.`,
        'Use a smaller batch, fewer channels or fewer cells.',
        'out-of-memory',
      );
    }
    const { integers, floats } = this.machine;
    integers.set(words, address / 4);
    for (const { address: at, values } of constants) integers.set(values, at / 4);
    for (const border of program.borders) {
      const start = wordOf(border);
      floats.fill(0, start, start + totalBytes(border.buffer, program.encoded) / 4);
    }
    this.loaded = program;
  }

  /** Copies images and labels in. */
  private feed({ images, labels, auxiliary }: NetworkProgram, batch: ArrayBatch): void {
    const { floats } = this.machine;
    const [count, height, width, channels] = batch.shape;
    const lanes = lanesOf(channels);
    const pixels = height * width;
    this.feedLabels(labels, batch, 1);
    if (auxiliary) this.feedLabels(auxiliary.labels, batch, this.structure.plan.auxiliary!.weight);
    for (let b = 0; b < count; b++) {
      let to = wordOf(images, b);
      let from = b * pixels * channels;
      for (let p = 0; p < pixels; p++, to += lanes, from += channels) {
        for (let c = 0; c < channels; c++) floats[to + c] = batch.images[from + c]!;
        for (let c = channels; c < lanes; c++) floats[to + c] = 0;
      }
    }
  }

  /** @param weight of the loss that is computed with these labels */
  private feedLabels(labels: Place, batch: ArrayBatch, weight: number): void {
    const { floats, integers } = this.machine;
    const [count] = batch.shape;
    const { lossWeights: weights, partners, smoothing = 0 } = batch;
    const total = weights?.reduce((sum, each) => sum + each, 0) ?? count;
    for (let b = 0; b < count; b++) {
      const label = wordOf(labels, b);
      integers[label] = batch.labels[b]!;
      floats[label + 1] = (weights ? total / weights[b]! : count) / weight;
      integers[label + 2] = (partners ?? batch).labels[b]!;
      floats[label + 3] = partners?.shares[b] ?? 1;
      floats[label + 4] = smoothing;
    }
  }

  /** Mean loss, that of the auxiliary classifier with it, and predictions of the images, in their order. */
  private score({ scores, auxiliary, encoded }: NetworkProgram, batch: ArrayBatch): BatchScore {
    const { floats } = this.machine;
    const losses = new Float32Array(encoded.batch);
    const predicted = new Uint16Array(encoded.batch);
    let correct = 0;
    for (let b = 0; b < encoded.batch; b++) {
      const at = wordOf(scores, b);
      losses[b] = floats[at]!;
      predicted[b] = floats[at + 1]!;
      if (predicted[b] === batch.labels[b]) correct++;
    }
    const loss = meanOf(losses, batch);
    if (!auxiliary) return { loss, correct, predicted };
    const beside = losses.map((_, b) => floats[wordOf(auxiliary.scores, b)]!);
    return { loss: loss + this.structure.plan.auxiliary!.weight * meanOf(beside, batch), correct, predicted };
  }
}
