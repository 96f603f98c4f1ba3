/** Copies a box of values of any rank between two arrays: slices, concatenations, repetitions and transpositions. */
import { util } from '@tensorflow/tfjs-core';

type Values = Float32Array | Int32Array | Uint8Array;

/** Where a box lies in an array: the place of its first value, and the distance of neighbours along each axis. */
export interface Placement {
  values: Values;
  offset: number;
  /** One for each axis of the box. 0 repeats a value along that axis. */
  strides: readonly number[];
}

/** From this length on the call of `set` costs less than a loop. */
const blockLength = 64;

/** Strides of a dense row-major array, one for every axis (tfjs leaves the last, 1, out). */
export function denseStrides(shape: readonly number[]): number[] {
  return shape.length === 0 ? [] : [...util.computeStrides([...shape]).slice(0, shape.length - 1), 1];
}

/** Joins neighbouring axes over which both sides run on without a gap, so that inner loops are long. */
function joinAxes(shape: readonly number[], from: Placement, to: Placement) {
  const axes: { size: number; from: number; to: number }[] = [];
  shape.forEach((size, i) => {
    const axis = { size, from: from.strides[i]!, to: to.strides[i]! };
    const outer = axes.at(-1);
    if (size === 1) return;
    if (outer && outer.from === axis.from * size && outer.to === axis.to * size) {
      axes[axes.length - 1] = { size: outer.size * size, from: axis.from, to: axis.to };
    } else {
      axes.push(axis);
    }
  });
  return axes;
}

/** The two innermost axes, in a function of their own: it is compiled once for each kind of array and stays fast. */
function copyRows(
  source: Values,
  target: Values,
  at: number,
  put: number,
  rows: { size: number; from: number; to: number },
  columns: { size: number; from: number; to: number },
): void {
  const { size, from, to } = columns;
  const inBlocks = from === 1 && to === 1 && size >= blockLength;
  for (let row = 0; row < rows.size; row++) {
    const first = at + row * rows.from;
    const place = put + row * rows.to;
    if (inBlocks) {
      target.set(source.subarray(first, first + size), place);
    } else if (from === 1 && to === 1) {
      for (let i = 0; i < size; i++) target[place + i] = source[first + i]!;
    } else {
      for (let i = 0, j = first, k = place; i < size; i++, j += from, k += to) target[k] = source[j]!;
    }
  }
}

/** Copies a box of the given shape. The two sides must not overlap. */
export function copyBox(shape: readonly number[], from: Placement, to: Placement): void {
  if (util.sizeFromShape([...shape]) === 0) return;
  const axes = joinAxes(shape, from, to);
  const columns = axes.pop() ?? { size: 1, from: 1, to: 1 };
  const rows = axes.pop() ?? { size: 1, from: 0, to: 0 };
  const copyAxis = (depth: number, at: number, put: number): void => {
    const axis = axes[depth];
    if (!axis) return copyRows(from.values, to.values, at, put, rows, columns);
    for (let i = 0; i < axis.size; i++) copyAxis(depth + 1, at + i * axis.from, put + i * axis.to);
  };
  copyAxis(0, from.offset, to.offset);
}
