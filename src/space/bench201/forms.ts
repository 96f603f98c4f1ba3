/** Forms of a cell of NAS-Bench-201: the benchmark's string, its isomorphism class, the paths through it. */
import { isConnection } from '../operations';
import type { DrawnCell } from '../drawing';

/** Incoming edges of each node as indices into the six operations. */
const incoming: readonly (readonly number[])[] = [[0], [1, 2], [3, 4, 5]];

/**
 * The string of the benchmark, e.g. `|nor_conv_3x3~0|+|none~0|skip_connect~1|+|…|`, with the project's names of the
 * operations.
 */
export function writeBench201(operations: readonly string[]): string {
  return incoming
    .map((edges) => `|${edges.map((edge, from) => `${operations[edge]}~${from}`).join('|')}|`)
    .join('+');
}

/** @throws RangeError for a text of another form */
export function parseBench201(text: string): string[] {
  const nodes = text.split('+').map((node) => [...node.matchAll(/\|([a-z0-9_]+)~(\d)(?=\|)/g)]);
  const operations = nodes.flatMap((edges) => edges.map((match) => match[1]!));
  if (operations.length !== 6 || writeBench201(operations) !== text) {
    throw new RangeError(`${JSON.stringify(text)} is no cell of NAS-Bench-201.`);
  }
  return operations;
}

/** What a zeroed edge adds to a sum. */
const zero = '#';

/**
 * The same text for cells that are isomorphic in the sense of the benchmark: skip connections pass their input's text on, an edge
 * that is `none` or reads a single zeroed edge is `#`, and the order of a sum does not matter. That makes 6,466 classes of the
 * 15,625 cells (Dong & Yang, 2020, section 3.1), a few more than there are functions, since `#+#` is not taken for zero.
 */
export function canonicalBench201(operations: readonly string[]): string {
  const states: string[] = ['0'];
  for (const edges of incoming) {
    const terms = edges.map((edge, from) => {
      const operation = operations[edge]!;
      const source = states[from]!;
      if (!isConnection(operation) || source === zero) return zero;
      return operation === 'skip_connect' ? source : `(${source})@${operation}`;
    });
    states.push(terms.sort().join('+'));
  }
  return states[3]!;
}

/** Edges of the four paths from the cell's input to its output. */
const paths: readonly (readonly number[])[] = [[3], [0, 4], [1, 5], [0, 2, 5]];

/**
 * Counts of every sequence of operations on the paths from input to output (path encoding; White et al., 2021, section 3),
 * a path
 * with `none` on it counting as absent.
 */
export function pathFeatures(operations: readonly string[], all: readonly string[]): number[] {
  const words = all.filter(isConnection);
  const counts = new Array<number>(words.length + words.length ** 2 + words.length ** 3).fill(0);
  const offsets = [0, 0, words.length, words.length + words.length ** 2];
  for (const path of paths) {
    const digits = path.map((edge) => words.indexOf(operations[edge]!));
    if (digits.includes(-1)) continue;
    const index = digits.reduce((value, digit) => value * words.length + digit, 0);
    counts[offsets[path.length]! + index]! += 1;
  }
  return counts;
}

/** Whether a path of operations other than zeros leads from the cell's input to its output. */
export function isConnectedBench201(operations: readonly string[]): boolean {
  return paths.some((path) => path.every((edge) => isConnection(operations[edge]!)));
}

/** The one cell as it is drawn: one input, all six edges, those of `none` too. */
export function drawnBench201(operations: readonly string[]): DrawnCell {
  const nodes = incoming.map((edges) =>
    edges.map((edge, input) => ({ operation: operations[edge]!, input })),
  );
  return { inputs: 1, nodes };
}
