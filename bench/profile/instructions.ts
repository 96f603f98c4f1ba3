/** Reads programs of the kernel machine back, as `kernels/machine.ts` does: who runs what on which memory. */
import { times, type EncodedProgram, type When } from '../../src/network/fused/machine/program';
import {
  kernelNames,
  opcodeOf,
  signatures,
  type KernelName,
} from '../../src/network/fused/machine/signatures';

export interface Instruction {
  readonly kernel: KernelName;
  /** Where it stands among the program's words. */
  readonly word: number;
  readonly when: When;
  /** Operands: base, bytes an image, bytes a chunk, bytes a thread. */
  readonly operands: readonly Int32Array[];
  readonly numbers: readonly number[];
}

export interface Segment {
  /** Not 0 where its one list is run for the images of a chunk, a multiple of so many; else there is one list an item. */
  readonly images: number;
  /** Chunks of the batch, or independent tasks. */
  readonly items: number;
  readonly lists: readonly (readonly Instruction[])[];
}

const namesOfTimes = Object.keys(times) as When[];

/** @throws Error where an instruction is not as long as its signature says */
export function segmentsOf({ words, address }: EncodedProgram): Segment[] {
  const wordAt = (place: number): number => ((place >>> 0) - address) / 4;
  const operandsAt = wordAt(words[1]!);
  return Array.from({ length: words[0]! }, (_, s) => {
    const entry = 2 + 3 * s;
    const items = words[entry]!;
    const images = words[entry + 1]!;
    const lists = Array.from({ length: images ? 1 : items }, (_, list) => {
      const range = wordAt(words[entry + 2]!) + 2 * list;
      const instructions: Instruction[] = [];
      for (let at = wordAt(words[range]!); at < wordAt(words[range + 1]!); at += words[at + 1]!) {
        instructions.push(instructionAt(words, at, operandsAt));
      }
      return instructions;
    });
    return { images, items, lists };
  });
}

function instructionAt(words: Int32Array, word: number, operandsAt: number): Instruction {
  const kernel = kernelNames[words[word]!]!;
  const length = words[word + 1]!;
  const { operands, numbers } = signatures[kernel];
  if (length !== 3 + operands.length + numbers.length) {
    throw new Error(`An instruction ${kernel} of ${length} words is not what its signature says.`);
  }
  const firstNumber = word + 3 + operands.length;
  return {
    ...{ kernel, word, when: namesOfTimes[words[word + 2]!]! },
    operands: [...words.subarray(word + 3, firstNumber)].map((index) =>
      words.subarray(operandsAt + 4 * index, operandsAt + 4 * index + 4),
    ),
    numbers: [...words.subarray(firstNumber, word + length)],
  };
}

/** Address of an operand for an image of a chunk, on the first thread. */
export function addressOf(operand: Int32Array, image: number, chunk: number): number {
  return (operand[0]! >>> 0) + image * (operand[1]! >>> 0) + chunk * (operand[2]! >>> 0);
}

/** By number of operands, a kernel that does nothing when its first number is 0. */
const idle = (['clear', 'clear', 'add', 'scaledAdd', 'affine'] as const).map(opcodeOf);

/** The same instructions, each with its operands fetched and its kernel called, and nothing to do for the kernel. */
export function hollow(program: EncodedProgram): Int32Array {
  const words = program.words.slice();
  for (const { word, operands } of segmentsOf(program).flatMap(({ lists }) => lists.flat())) {
    const kept = Math.min(operands.length, idle.length - 1);
    words[word] = idle[kept]!;
    words[word + 3 + kept] = 0;
  }
  return words;
}
