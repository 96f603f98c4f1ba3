/**
 * The kernel machine: every thread runs the same program over one shared memory. A program is a list of segments with a
 * barrier after each. The items of a segment are taken by whichever thread is free; what an item computes depends
 * on the item alone, so results are the same with any number of threads.
 *
 * Program, 32-bit words: segments, operands' address, then per segment: items, images, address of its instruction ranges.
 * Where `images` is not 0, there is one range of instructions, run for every image of the item's chunk of the batch, and chunks
 * hold a multiple of that many images; other segments have one range an item. Instruction: opcode, words, when (`When`),
 * operands, numbers.
 * Operand: base, bytes per image, bytes per chunk, bytes per thread.
 */
import { execute } from './dispatch';
import { begin, currentImage, turnTo } from './operands';

/** Addresses of the words the threads share; `src/network/fused/machine/machine.ts` has the same. */
const nextItem: usize = 64;
const arrived: usize = 128;
const phase: usize = 192;

/** How often a thread looks again before it lets the system put it to sleep. */
const spins = 4000;

/** For which images an instruction runs; `src/network/fused/machine/program.ts` has the same. */
const enum When {
  everyImage,
  firstOfChunk,
  secondOfPair,
}

/** Runs the instructions between two addresses. @param first whether the image is the first of its chunk */
function range(start: usize, end: usize, first: bool): void {
  const second = (currentImage() & 1) == 1;
  for (let at = start; at < end; at += (<usize>load<u32>(at, 4)) << 2) {
    const when = <When>load<i32>(at, 8);
    if (when == When.everyImage || (when == When.firstOfChunk ? first : second)) execute(at);
  }
}

/** Waits until all threads are here; the last one opens the next segment. */
function barrier(threads: i32): void {
  const seen = atomic.load<i32>(phase);
  if (atomic.add<i32>(arrived, 1) == threads - 1) {
    atomic.store<i32>(arrived, 0);
    atomic.store<i32>(nextItem, 0);
    atomic.store<i32>(phase, seen + 1);
    atomic.notify(phase, -1);
    return;
  }
  for (let i = 0; i < spins; i++) if (atomic.load<i32>(phase) != seen) return;
  while (atomic.load<i32>(phase) == seen) atomic.wait<i32>(phase, seen, -1);
}

/**
 * Runs a program; called by every thread at the same time.
 * @param program its address
 * @param thread number of the caller, from 0
 */
export function run(program: usize, thread: i32, threads: i32, batch: i32): void {
  begin(<usize>load<u32>(program, 4), <usize>thread);
  const segments = load<i32>(program);
  let segment = program + 8;
  for (let s = 0; s < segments; s++) {
    const items = load<i32>(segment);
    const ranges = <usize>load<u32>(segment, 8);
    for (let item = atomic.add<i32>(nextItem, 1); item < items; item = atomic.add<i32>(nextItem, 1)) {
      const unit = load<i32>(segment, 4);
      if (unit) {
        const start = <usize>load<u32>(ranges),
          end = <usize>load<u32>(ranges, 4);
        const from = ((item * (batch / unit)) / items) * unit,
          to = (((item + 1) * (batch / unit)) / items) * unit;
        for (let i = from; i < to; i++) {
          turnTo(<usize>i, <usize>item);
          range(start, end, i == from);
        }
      } else {
        turnTo(0, 0);
        const own = ranges + ((<usize>item) << 3);
        range(<usize>load<u32>(own), <usize>load<u32>(own, 4), true);
      }
    }
    barrier(threads);
    segment += 12;
  }
}

// For whoever runs single kernels: tests and the profiler.
export * from './kernels';
