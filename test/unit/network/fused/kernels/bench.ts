/** Runs single kernels of one build over a memory of their own, and holds what they write against what they should. */
import assert from 'node:assert/strict';
import { signatures } from '../../../../../src/network/fused/machine/signatures';
import { Random } from '../../../../../src/random';

export type Kernel = keyof typeof signatures;
type Values = Float32Array | Float64Array | Int32Array;

/** An array in the kernels' memory. */
export interface Operand {
  readonly address: number;
  readonly values: Values;
}

/** The address that stands for "none". */
export const none: Operand = { address: 0, values: new Float32Array() };

/** The same array as seen from one of its elements on. */
export function from(operand: Operand, element: number): Operand {
  return { ...operand, address: operand.address + element * operand.values.BYTES_PER_ELEMENT };
}

/** Height, width and channels of an image. */
export interface Size {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** One test of a kernel. */
export interface Case {
  readonly kernel: Kernel;
  readonly title: string;
  run(bench: KernelBench): void;
}

/** Odd sides, a single pixel, more than a kernel goes over at a time; channels that fill a pair of vectors or not. */
export const sizes: readonly Size[] = [
  { height: 5, width: 7, channels: 4 },
  { height: 1, width: 1, channels: 20 },
  { height: 3, width: 6, channels: 8 },
  { height: 13, width: 19, channels: 12 },
];

export function describeSize({ height, width, channels }: Size): string {
  return `${height}×${width}×${channels}`;
}

const pages = 16;

export class KernelBench {
  private readonly memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
  private readonly functions: Record<string, (...words: number[]) => void>;
  private readonly random: Random;
  private end = 16384;

  constructor(module: WebAssembly.Module, seed: string) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.memory } });
    this.functions = exports as typeof this.functions;
    this.random = Random.fromSeed(1, seed);
    // Whoever reads or leaves what is nobody's is found out.
    new Float32Array(this.memory.buffer, this.end).fill(NaN);
  }

  private place<T extends Values>(
    type: new (b: ArrayBufferLike, o: number, n: number) => T,
    n: number,
  ): Operand {
    const address = this.end;
    const values = new type(this.memory.buffer, address, n);
    this.end = 64 * Math.ceil((address + values.byteLength) / 64) + 64;
    return { address, values };
  }

  /** Multiples of 1/64, some of them alike: for sums without rounding, and for ties. */
  floats(count: number): Operand {
    const operand = this.place(Float32Array, count);
    for (let i = 0; i < count; i++) operand.values[i] = Math.round(8 * this.random.normal()) / 8 + 1 / 64;
    return operand;
  }

  /** Numbers that are all different. */
  distinct(count: number): Operand {
    const operand = this.place(Float32Array, count);
    for (let i = 0; i < count; i++) operand.values[i] = this.random.normal();
    return operand;
  }

  doubles(count: number): Operand {
    const operand = this.place(Float64Array, count);
    for (let i = 0; i < count; i++) operand.values[i] = this.random.normal();
    return operand;
  }

  integers(values: readonly number[]): Operand {
    const operand = this.place(Int32Array, values.length);
    operand.values.set(values);
    return operand;
  }

  /**
   * Runs a kernel.
   * @param expected what the operands that it writes hold afterwards; all other memory has to be as before
   */
  check(
    kernel: Kernel,
    operands: Readonly<Record<string, Operand>>,
    numbers: Readonly<Record<string, number>>,
    expected: Readonly<Record<string, readonly number[]>>,
  ): void {
    const signature = signatures[kernel];
    const words = [
      ...signature.operands.map((name) => operands[name]?.address),
      ...signature.numbers.map((name) => numbers[name.replace('?', '')]),
    ].map((word, i) => word ?? assert.fail(`${kernel} lacks its word ${i}`));
    const before = Buffer.from(new Uint8Array(this.memory.buffer));
    this.functions[kernel]!(...words);
    const after = Buffer.from(new Uint8Array(this.memory.buffer));
    for (const [name, values] of Object.entries(expected)) {
      const operand = operands[name]!;
      closeTo(operand.values, values, `${kernel}: ${name}`);
      before.copy(after, operand.values.byteOffset, operand.values.byteOffset, end(operand));
    }
    assert.ok(before.equals(after), `${kernel} writes outside of ${Object.keys(expected).join(', ')}`);
  }
}

function end({ values }: Operand): number {
  return values.byteOffset + values.byteLength;
}

/** Up to the rounding of sums of floats. */
function closeTo(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  expected.forEach((value, i) => {
    const difference = Math.abs(actual[i]! - value);
    assert.ok(difference <= 1e-5 * scale, `${what}[${i}] is ${actual[i]} instead of ${value}`);
  });
}

/** Numbers by index. */
export function table(count: number, value: (index: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => value(i));
}

/** The sum of a function of the numbers below `count`. */
export function sum(count: number, term: (index: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

export function* pixelsOf({ height, width }: { height: number; width: number }): Generator<[number, number]> {
  for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) yield [i, j];
}

/** An image with a border: where its pixels lie in floats. */
export class Framed {
  readonly row: number;
  readonly count: number;

  constructor(
    private readonly size: Size,
    readonly border: number,
  ) {
    this.row = (size.width + 2 * border) * size.channels;
    this.count = (size.height + 2 * border) * this.row;
  }

  /** Position of a pixel's first channel; pixels of the border have numbers below 0 or from the side on. */
  at(row: number, column: number): number {
    return (row + this.border) * this.row + (column + this.border) * this.size.channels;
  }
}
