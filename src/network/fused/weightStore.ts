/**
 * The weights and their gradients in the layouts that the kernels read: channels padded to multiples of 4, matrices cut
 * where their inputs lie in separate maps. Padding stays zero for good.
 */
import type { ParameterLayout } from '../parameters';
import { align } from './machine/placement';
import { placeAt, type Place } from './machine/place';

/** Channels as they lie in memory: a multiple of 4. */
export function lanesOf(channels: number): number {
  return 4 * Math.ceil(channels / 4);
}

/** A range of channels. */
export interface Channels {
  readonly start: number;
  readonly count: number;
}

/** One matrix [rows, columns] of floats, cut out of a parameter, with room for its gradient. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Whether it is multiplied with vectors, and not entry by entry. */
  readonly isProduct: boolean;
  readonly values: Place;
  readonly gradient: Place;
}

/** `length` floats from `source` in the flat vector to `target`, counted in floats from the store's start. */
interface Run {
  readonly source: number;
  readonly target: number;
  readonly length: number;
}

export class WeightStore {
  private readonly matrices = new Map<string, Matrix>();
  private readonly runs: Run[] = [];
  private floats = 0;

  /** @param address where it lies; a multiple of 64 */
  constructor(
    private readonly layout: ParameterLayout,
    readonly address: number,
  ) {}

  /** First byte after values and gradients, once all matrices are known. */
  get end(): number {
    return this.gradientAddress + align(4 * this.floats);
  }

  private get gradientAddress(): number {
    return this.address + align(4 * this.floats);
  }

  /**
   * A convolution [k, k, inputs, outputs] as a matrix [k·k·lanes(inputs), width]: of the inputs given, and of the outputs
   * given in the columns from `at` on, the other columns zero.
   */
  convolution(parameter: number, inputs: Channels, outputs: Channels, at: number, width: number): Matrix {
    const [tall, wide, allInputs, allOutputs] = this.layout.parameters[parameter]!.shape as [
      number,
      number,
      number,
      number,
    ];
    const lanes = lanesOf(inputs.count);
    const rows = Array.from({ length: tall * wide * inputs.count }, (_, i) => {
      const tap = Math.floor(i / inputs.count);
      const input = i % inputs.count;
      return {
        source: (tap * allInputs + inputs.start + input) * allOutputs + outputs.start,
        row: tap * lanes + input,
      };
    });
    const key = [parameter, inputs.start, inputs.count, outputs.start, outputs.count, at, width].join(' ');
    return this.matrix(key, parameter, [tall * wide * lanes, width, true], rows, at, outputs.count);
  }

  /** A depthwise convolution [k, k, channels, 1] as [k·k, lanes]. */
  depthwise(parameter: number): Matrix {
    const [size, , channels] = this.layout.parameters[parameter]!.shape as [number, number, number];
    const rows = Array.from({ length: size * size }, (_, row) => ({ source: row * channels, row }));
    return this.matrix(`${parameter}`, parameter, [size * size, lanesOf(channels), false], rows, 0, channels);
  }

  /** Some entries of a vector. */
  vector(parameter: number, { start, count }: Channels): Matrix {
    const key = [parameter, start, count].join(' ');
    return this.matrix(key, parameter, [1, lanesOf(count), false], [{ source: start, row: 0 }], 0, count);
  }

  /** The classifier [features, classes], its rows where the pieces of the features lie; columns are not padded. */
  linear(parameter: number, pieces: readonly number[]): Matrix {
    const classes = this.layout.parameters[parameter]!.shape[1]!;
    const rows: { source: number; row: number }[] = [];
    let lane = 0;
    let feature = 0;
    for (const channels of pieces) {
      for (let c = 0; c < channels; c++) rows.push({ source: feature++ * classes, row: lane + c });
      lane += lanesOf(channels);
    }
    return this.matrix(`${parameter}`, parameter, [lane, classes, true], rows, 0, classes);
  }

  private matrix(
    key: string,
    parameter: number,
    [rows, columns, isProduct]: readonly [number, number, boolean],
    copied: readonly { source: number; row: number }[],
    at: number,
    length: number,
  ): Matrix {
    const known = this.matrices.get(key);
    if (known) return known;
    const start = this.floats;
    const { offset } = this.layout.parameters[parameter]!;
    for (const { source, row } of copied) this.addRun(offset + source, start + row * columns + at, length);
    const bytes = 4 * rows * columns;
    this.floats += align(bytes) / 4;
    const matrix: Matrix = {
      ...{ rows, columns, isProduct },
      values: placeAt(4 * start, bytes),
      gradient: placeAt(4 * start, bytes),
    };
    this.matrices.set(key, matrix);
    return matrix;
  }

  /** Lengthens the last run where both sides go on without a gap. */
  private addRun(source: number, target: number, length: number): void {
    const last = this.runs.at(-1);
    if (last && last.source + last.length === source && last.target + last.length === target) {
      this.runs[this.runs.length - 1] = { ...last, length: last.length + length };
    } else {
      this.runs.push({ source, target, length });
    }
  }

  /** Gives all matrices their final addresses; none can be added afterwards. */
  seal(): void {
    for (const { values, gradient } of this.matrices.values()) {
      const at = values.buffer.address!;
      values.buffer.address = this.address + at;
      gradient.buffer.address = this.gradientAddress + at;
    }
  }

  /** Copies a flat vector in. */
  write(weights: Float32Array, memory: Float32Array): void {
    const base = this.address / 4;
    for (const { source, target, length } of this.runs) {
      if (length < 16) {
        for (let i = 0; i < length; i++) memory[base + target + i] = weights[source + i]!;
      } else {
        memory.set(weights.subarray(source, source + length), base + target);
      }
    }
  }

  /** The gradient as a flat vector. */
  readGradient(memory: Float32Array): Float32Array {
    const gradient = new Float32Array(this.layout.size);
    const base = this.gradientAddress / 4;
    for (const { source, target, length } of this.runs) {
      if (length < 16) {
        for (let i = 0; i < length; i++) gradient[source + i] = memory[base + target + i]!;
      } else {
        gradient.set(memory.subarray(base + target, base + target + length), source);
      }
    }
    return gradient;
  }

  /** Clears all gradients: for programs that leave some weights out. */
  clearGradient(memory: Float32Array): void {
    memory.fill(0, this.gradientAddress / 4, this.gradientAddress / 4 + this.floats);
  }
}
