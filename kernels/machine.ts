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
import {
  classifierFilterGradient,
  classifierInputGradient,
  classify,
  poolFeatures,
  poolFeaturesGradient,
} from './classifier';
import { depthwise, depthwiseFilterGradient, depthwiseScatter } from './depthwise';
import {
  addInside,
  clear,
  columns,
  columnsAdd,
  moveChannels,
  pad,
  padNormalized,
  subsample,
  subsampleAdd,
} from './layout';
import {
  add,
  affine,
  backwardMoments,
  dot,
  fill,
  foldAffine,
  forwardMoments,
  gatedAdd,
  gradient,
  maskedProducts,
  multiple,
  multipleAdd,
  products,
  scaleColumns,
  scaledAdd,
  statistics,
  sumChunks,
  sumDoubles,
  transpose,
  turn,
} from './normalize';
import { Opcode } from './opcodes';
import { pair, pairWeights, unpair, unpairWeights } from './pairs';
import { pointwise, pointwiseFilterGradient } from './pointwise';
import { avgPool, avgPoolGradient, maxPool, maxPoolGradient } from './pools';

/** Addresses of the words the threads share; `src/network/fused/machine/machine.ts` has the same. */
const nextItem: usize = 64;
const arrived: usize = 128;
const phase: usize = 192;

/** `batchNormEpsilon` of src/space/layers.ts. */
const epsilon: f32 = 1e-5;
/** How often a thread looks again before it lets the system put it to sleep. */
const spins = 4000;

/** For which images an instruction runs; `src/network/fused/machine/program.ts` has the same. */
const enum When {
  everyImage,
  firstOfChunk,
  secondOfPair,
}

let operands: usize = 0;
let image: usize = 0;
let chunk: usize = 0;
let self: usize = 0;
let at: usize = 0;

/** Address of the instruction's operand `i`. */
function A(i: i32): usize {
  const record = operands + ((<usize>load<u32>(at + 12 + ((<usize>i) << 2))) << 4);
  return (
    <usize>load<u32>(record) +
    image * <usize>load<u32>(record, 4) +
    chunk * <usize>load<u32>(record, 8) +
    self * <usize>load<u32>(record, 12)
  );
}

/** The instruction's word `i` after the header, as a number. */
function N(i: i32): i32 {
  return load<i32>(at + 12 + ((<usize>i) << 2));
}

function execute(): void {
  switch (<Opcode>load<i32>(at)) {
    case Opcode.pointwise:
      return pointwise(A(0), A(1), A(2), N(3), N(4), N(5), N(6) != 0);
    case Opcode.pointwiseFilterGradient:
      return pointwiseFilterGradient(A(0), A(1), A(2), N(3), N(4), N(5));
    case Opcode.depthwise:
      return depthwise(A(0), A(1), A(2), N(3), N(4), N(5), N(6), N(7), N(8), N(9), N(10), N(11) != 0);
    case Opcode.depthwiseFilterGradient:
      return depthwiseFilterGradient(A(0), A(1), A(2), N(3), N(4), N(5), N(6), N(7), N(8), N(9));
    case Opcode.depthwiseScatter:
      return depthwiseScatter(A(0), A(1), A(2), N(3), N(4), N(5), N(6), N(7), N(8), N(9));
    case Opcode.statistics:
      return statistics(A(0), A(1), N(2), N(3));
    case Opcode.products:
      return products(A(0), A(1), A(2), A(3), N(4), N(5));
    case Opcode.maskedProducts:
      return maskedProducts(A(0), A(1), A(2), A(3), A(4), A(5), N(6), N(7));
    case Opcode.affine:
      return affine(A(0), A(1), A(2), A(3), N(4), N(5));
    case Opcode.scaledAdd:
      return scaledAdd(A(0), A(1), A(2), N(3), N(4));
    case Opcode.gatedAdd:
      return gatedAdd(A(0), A(1), A(2), A(3), A(4), N(5), N(6));
    case Opcode.fill:
      return fill(A(0), A(1), N(2), N(3), N(4));
    case Opcode.add:
      return add(A(0), A(1), N(2));
    case Opcode.multipleAdd:
      return multipleAdd(A(0), A(1), A(2), N(3));
    case Opcode.multiple:
      return multiple(A(0), A(1), A(2), N(3));
    case Opcode.dot:
      return dot(A(0), A(1), A(2), N(3));
    case Opcode.gradient:
      return gradient(A(0), A(1), A(2), A(3), N(4), N(5), N(6) != 0);
    case Opcode.forwardMoments:
      return forwardMoments(A(0), A(1), N(2), N(3), N(4), N(5) != 0, epsilon);
    case Opcode.foldAffine:
      return foldAffine(A(0), A(1), A(2), A(3), A(4), A(5), N(6));
    case Opcode.backwardMoments:
      return backwardMoments(
        A(0),
        A(1),
        A(2),
        A(3),
        A(4),
        A(5),
        A(6),
        A(7),
        A(8),
        N(9),
        N(10),
        N(11),
        N(12) != 0,
        N(13) != 0,
      );
    case Opcode.sumDoubles:
      return sumDoubles(A(0), A(1), N(2));
    case Opcode.sumChunks:
      return sumChunks(A(0), A(1), N(2), N(3));
    case Opcode.scaleColumns:
      return scaleColumns(A(0), A(1), A(2), N(3), N(4));
    case Opcode.transpose:
      return transpose(A(0), A(1), N(2), N(3));
    case Opcode.turn:
      return turn(A(0), A(1), N(2), N(3));
    case Opcode.maxPool:
      return maxPool(A(0), A(1), N(2), N(3), N(4), N(5), N(6), N(7), N(8), N(9));
    case Opcode.maxPoolGradient:
      return maxPoolGradient(A(0), A(1), A(2), A(3), N(4), N(5), N(6), N(7), N(8), N(9), N(10), N(11));
    case Opcode.avgPool:
      return avgPool(A(0), A(1), N(2), N(3), N(4), N(5), N(6), N(7), N(8), N(9));
    case Opcode.avgPoolGradient:
      return avgPoolGradient(A(0), A(1), N(2), N(3), N(4), N(5), N(6), N(7), N(8), N(9));
    case Opcode.pad:
      return pad(A(0), A(1), N(2), N(3), N(4), N(5), N(6));
    case Opcode.padNormalized:
      return padNormalized(A(0), A(1), A(2), A(3), N(4), N(5), N(6), N(7), N(8));
    case Opcode.addInside:
      return addInside(A(0), A(1), A(2), N(3), N(4), N(5), N(6), N(7));
    case Opcode.clear:
      return clear(A(0), N(1));
    case Opcode.subsample:
      return subsample(A(0), A(1), N(2), N(3), N(4), N(5));
    case Opcode.subsampleAdd:
      return subsampleAdd(A(0), A(1), N(2), N(3), N(4), N(5));
    case Opcode.columns:
      return columns(A(0), A(1), N(2), N(3), N(4), N(5), N(6), N(7), N(8), N(9));
    case Opcode.columnsAdd:
      return columnsAdd(A(0), A(1), N(2), N(3), N(4), N(5), N(6), N(7), N(8), N(9));
    case Opcode.moveChannels:
      return moveChannels(A(0), A(1), A(2), N(3), N(4), N(5), N(6));
    case Opcode.pair:
      return pair(A(0), A(1), A(2), N(3));
    case Opcode.unpair:
      return unpair(A(0), A(1), A(2), N(3), N(4) != 0);
    case Opcode.pairWeights:
      return pairWeights(A(0), A(1), N(2), N(3) != 0);
    case Opcode.unpairWeights:
      return unpairWeights(A(0), A(1), N(2), N(3) != 0);
    case Opcode.poolFeatures:
      return poolFeatures(A(0), A(1), N(2), N(3));
    case Opcode.poolFeaturesGradient:
      return poolFeaturesGradient(A(0), A(1), N(2), N(3));
    case Opcode.classify:
      return classify(A(0), A(1), A(2), A(3), A(4), A(5), A(6), N(7), N(8), N(9));
    case Opcode.classifierFilterGradient:
      return classifierFilterGradient(A(0), A(1), A(2), A(3), N(4), N(5));
    case Opcode.classifierInputGradient:
      return classifierInputGradient(A(0), A(1), A(2), N(3), N(4));
    default:
      unreachable();
  }
}

/** Runs the instructions between two addresses. @param first whether the image is the first of its chunk */
function range(start: usize, end: usize, first: bool): void {
  const second = (image & 1) == 1;
  at = start;
  while (at < end) {
    const when = <When>load<i32>(at, 8);
    if (when == When.everyImage || (when == When.firstOfChunk ? first : second)) execute();
    at += (<usize>load<u32>(at, 4)) << 2;
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
  self = <usize>thread;
  operands = <usize>load<u32>(program, 4);
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
        chunk = <usize>item;
        for (let i = from; i < to; i++) {
          image = <usize>i;
          range(start, end, i == from);
        }
      } else {
        image = 0;
        chunk = 0;
        const own = ranges + ((<usize>item) << 3);
        range(<usize>load<u32>(own), <usize>load<u32>(own, 4), true);
      }
    }
    barrier(threads);
    segment += 12;
  }
}

// For whoever runs single kernels: tests and the profiler.
export {
  add,
  addInside,
  affine,
  avgPool,
  avgPoolGradient,
  backwardMoments,
  classifierFilterGradient,
  classifierInputGradient,
  classify,
  clear,
  columns,
  columnsAdd,
  depthwise,
  depthwiseFilterGradient,
  depthwiseScatter,
  dot,
  fill,
  foldAffine,
  forwardMoments,
  gatedAdd,
  gradient,
  maskedProducts,
  maxPool,
  maxPoolGradient,
  moveChannels,
  multiple,
  multipleAdd,
  pad,
  padNormalized,
  pair,
  pairWeights,
  pointwise,
  pointwiseFilterGradient,
  poolFeatures,
  poolFeaturesGradient,
  products,
  scaleColumns,
  scaledAdd,
  statistics,
  subsample,
  subsampleAdd,
  sumChunks,
  sumDoubles,
  transpose,
  turn,
  unpair,
  unpairWeights,
};
