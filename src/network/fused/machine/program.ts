/**
 * Writes programs for the kernel machine (`kernels/machine.ts`). Buffers are named first and given addresses last, when
 * it is known from which segment to which each is in use: buffers that are never in use together share memory, and the
 * size of a program is known before anything is computed.
 */
import { align, placeBuffers } from './placement';
import type { Buffer, Extent, Place, ProgramSize } from './place';
import { opcodeOf, type Call } from './signatures';

/** For which images an instruction runs; numbered as in `kernels/machine.ts`. */
export const times = { everyImage: 0, firstOfChunk: 1, secondOfPair: 2 } as const;
export type When = keyof typeof times;

interface Instruction extends Call {
  readonly when: When;
}

/** Instructions run for every image of the batch, chunk by chunk. */
export interface ImageSegment {
  readonly kind: 'images';
  readonly index: number;
  readonly instructions: Instruction[];
}

/** Independent tasks, each run once by some thread. */
export interface TaskSegment {
  readonly kind: 'tasks';
  readonly index: number;
  readonly tasks: Instruction[][];
}

/** A program ready to be copied to its address. */
export interface EncodedProgram extends ProgramSize {
  readonly words: Int32Array;
  readonly address: number;
  /** Integers to be written to their addresses before it runs. */
  readonly constants: readonly { readonly address: number; readonly values: readonly number[] }[];
  /** First byte after everything it uses. */
  readonly end: number;
}

export class ProgramBuilder {
  private readonly segments: (ImageSegment | TaskSegment)[] = [];
  private readonly buffers: Buffer[] = [];
  private readonly constants = new Map<string, { place: Place; values: readonly number[] }>();
  private readonly scratches = new Map<string, Buffer>();

  constructor(readonly size: ProgramSize) {}

  images(): ImageSegment {
    const segment: ImageSegment = { kind: 'images', index: this.segments.length, instructions: [] };
    this.segments.push(segment);
    return segment;
  }

  tasks(): TaskSegment {
    const segment: TaskSegment = { kind: 'tasks', index: this.segments.length, tasks: [] };
    this.segments.push(segment);
    return segment;
  }

  /** Memory for as long as instructions use it. */
  buffer(extent: Extent, bytes: number): Place {
    const buffer: Buffer = { extent, bytes, address: undefined, first: -1, last: -1 };
    this.buffers.push(buffer);
    return { buffer, offset: 0 };
  }

  /** Memory through the whole program: for what is written before it or read after it, or must keep its zeros. */
  lasting(extent: Extent, bytes: number): Place {
    const place = this.buffer(extent, bytes);
    place.buffer.first = 0;
    place.buffer.last = Infinity;
    return place;
  }

  /** Integers that the program reads. */
  constant(values: readonly number[]): Place {
    const key = values.join(' ');
    let constant = this.constants.get(key);
    if (!constant) {
      constant = { place: this.lasting('once', 4 * values.length), values };
      this.constants.set(key, constant);
    }
    return constant.place;
  }

  /** Working memory of a thread, one for each role; whoever asks next overwrites it. */
  scratch(role: string, bytes: number): Place {
    let buffer = this.scratches.get(role);
    if (!buffer) {
      buffer = this.lasting('thread', bytes).buffer;
      this.scratches.set(role, buffer);
    }
    buffer.bytes = Math.max(buffer.bytes, bytes);
    return { buffer, offset: 0 };
  }

  /** An instruction for each image, or for some. */
  emit(segment: ImageSegment, called: Call, when: When = 'everyImage'): void {
    this.use(called.operands, segment.index);
    segment.instructions.push({ ...called, when });
  }

  /** Adds a task: instructions that one thread runs in order. */
  task(segment: TaskSegment, ...calls: readonly Call[]): void {
    segment.tasks.push(
      calls.map((called) => {
        this.use(called.operands, segment.index);
        return { ...called, when: 'everyImage' };
      }),
    );
  }

  private use(operands: readonly Place[], segment: number): void {
    for (const { buffer } of operands) {
      if (buffer.first < 0) buffer.first = segment;
      buffer.last = Math.max(buffer.last, segment);
    }
  }

  /**
   * Gives every buffer its address and writes the program.
   * @param address where the program will lie; its buffers follow
   */
  encode(address: number): EncodedProgram {
    const used = this.segments.filter((s) => (s.kind === 'images' ? s.instructions : s.tasks).length > 0);
    const ranges = used.map((s) => (s.kind === 'images' ? [s.instructions] : s.tasks));
    const operands = new Operands();
    const instructionWords: number[] = [];
    const bounds = ranges.map((lists) =>
      lists.map((list) => {
        const start = instructionWords.length;
        for (const { kernel, when, operands: places, numbers } of list) {
          const length = 3 + places.length + numbers.length;
          instructionWords.push(
            opcodeOf(kernel),
            length,
            times[when],
            ...places.map((p) => operands.index(p)),
            ...numbers,
          );
        }
        return [start, instructionWords.length] as const;
      }),
    );
    const tableWords = 2 + 3 * used.length;
    const rangeWords = bounds.reduce((sum, list) => sum + 2 * list.length, 0);
    const codeAt = tableWords + rangeWords;
    const operandsAt = 4 * Math.ceil((codeAt + instructionWords.length) / 4);
    const words = new Int32Array(operandsAt + 4 * operands.places.length);
    const at = (word: number): number => address + 4 * word;
    words[0] = used.length;
    words[1] = at(operandsAt);
    const unit = this.size.pairs ? 2 : 1;
    let range = tableWords;
    used.forEach((segment, s) => {
      const images = segment.kind === 'images';
      const items = images ? this.size.chunks : segment.tasks.length;
      words.set([items, images ? unit : 0, at(range)], 2 + 3 * s);
      for (const [start, end] of bounds[s]!) {
        words.set([at(codeAt + start), at(codeAt + end)], range);
        range += 2;
      }
    });
    words.set(instructionWords, codeAt);
    const end = placeBuffers(this.buffers, this.size, align(at(words.length)));
    operands.places.forEach((place, i) => words.set(operandWords(place), operandsAt + 4 * i));
    const constants = [...this.constants.values()].map(({ place, values }) => ({
      address: place.buffer.address!,
      values,
    }));
    return { ...this.size, words, address, constants, end };
  }
}

/** The distinct operands of a program. */
class Operands {
  readonly places: Place[] = [];
  private readonly indices = new Map<Buffer, Map<number, number>>();

  index(place: Place): number {
    let offsets = this.indices.get(place.buffer);
    if (!offsets) this.indices.set(place.buffer, (offsets = new Map<number, number>()));
    let index = offsets.get(place.offset);
    if (index === undefined) {
      index = this.places.push(place) - 1;
      offsets.set(place.offset, index);
    }
    return index;
  }
}

/** Base, bytes an image, bytes a chunk, bytes a thread; addresses above 2 GB wrap into the sign bit. */
function operandWords({ buffer, offset }: Place): number[] {
  const stride = (extent: Extent): number => (buffer.extent === extent ? buffer.bytes : 0);
  // Pair p is asked for with image 2p + 1.
  const half = stride('pair') / 2;
  const base = buffer.address! + offset - half;
  return [base | 0, (stride('image') + half) | 0, stride('chunk') | 0, stride('thread') | 0];
}
