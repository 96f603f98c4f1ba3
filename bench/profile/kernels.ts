/** Runs a program one instruction after the other on the calling thread, and keeps the time of every kernel. */
import type { EncodedProgram } from '../../src/network/fused/machine/program';
import { signatures, type KernelName } from '../../src/network/fused/machine/signatures';
import { addressOf, segmentsOf, type Instruction } from './instructions';

export interface KernelTime {
  milliseconds: number;
  calls: number;
  /** Multiply–adds, padded channels included. */
  products: number;
}

type Kernel = (...parameters: number[]) => void;
export type Kernels = Readonly<Record<KernelName, Kernel>>;

function productsOf({ kernel, numbers }: Instruction): number {
  const names: readonly string[] = signatures[kernel].numbers;
  const value = (name: string): number => numbers[names.indexOf(name)]!;
  const area = (): number => value('height') * value('width') * value('channels') * value('size') ** 2;
  switch (kernel) {
    case 'pointwise':
    case 'pointwiseFilterGradient':
      return value('pixels') * value('inputs') * value('outputs');
    case 'depthwise':
    case 'depthwiseFilterGradient':
    case 'depthwiseScatter':
      return area();
    case 'classify':
    case 'classifierFilterGradient':
    case 'classifierInputGradient':
      return value('inputs') * value('classes');
    default:
      return 0;
  }
}

/** Kernels whose speed depends on the size of the filter are counted by size. */
function labelOf({ kernel, numbers }: Instruction): string {
  if (!kernel.startsWith('depthwise')) return kernel;
  const names: readonly string[] = signatures[kernel].numbers;
  const size = numbers[names.indexOf('size')]!;
  return `${kernel} ${size}×${size}`;
}

/** @returns time by kernel; timing itself costs about 0.1 µs a call, which is part of it */
export function timeKernels(program: EncodedProgram, kernels: Kernels): Map<string, KernelTime> {
  const times = new Map<string, KernelTime>();
  const prepared = new Map<Instruction, { kernel: Kernel; products: number; time: KernelTime }>();
  const prepare = (instruction: Instruction) => {
    const label = labelOf(instruction);
    let time = times.get(label);
    if (!time) times.set(label, (time = { milliseconds: 0, calls: 0, products: 0 }));
    return { kernel: kernels[instruction.kernel], products: productsOf(instruction), time };
  };
  const execute = (instruction: Instruction, image: number, chunk: number): void => {
    let known = prepared.get(instruction);
    if (!known) prepared.set(instruction, (known = prepare(instruction)));
    const { kernel, products, time } = known;
    const parameters = instruction.operands.map((operand) => addressOf(operand, image, chunk));
    parameters.push(...instruction.numbers);
    const begin = performance.now();
    kernel(...parameters);
    time.milliseconds += performance.now() - begin;
    time.calls++;
    time.products += products;
  };
  for (const { images, items, lists } of segmentsOf(program)) {
    for (let item = 0; item < items; item++) {
      if (!images) {
        for (const instruction of lists[item]!) execute(instruction, 0, 0);
        continue;
      }
      const units = program.batch / images;
      const from = Math.floor((item * units) / items) * images;
      const to = Math.floor(((item + 1) * units) / items) * images;
      for (let image = from; image < to; image++) {
        for (const instruction of lists[0]!) {
          const { when } = instruction;
          const runs = { everyImage: true, firstOfChunk: image === from, secondOfPair: image % 2 === 1 }[
            when
          ];
          if (runs) execute(instruction, image, item);
        }
      }
    }
  }
  return times;
}
