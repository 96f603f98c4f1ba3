/** Forms of a cell of NAS-Bench-201: its texts, its isomorphism class, the paths through it. */
import { canonicalOperation, isConnection, operationNames } from '../operations';
import type { DrawnCell } from '../drawing';
import { bench201Operations } from './plan';

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

/**
 * NASLib numbers the operations in an order of its own, and goes through the edges by where they begin
 * (`OP_NAMES_NB201` and `EDGE_LIST` of its `conversions.py`): 0→1, 0→2, 0→3, 1→2, 1→3, 2→3.
 */
const naslibOperations = ['skip_connect', 'none', 'conv_3x3', 'conv_1x1', 'avg_pool_3x3'];
/** Place in a tuple of NASLib of each edge in the paper's order. */
const naslibPlaces = [0, 1, 3, 2, 4, 5];

/**
 * Reads any of the three texts of a cell that tables have:
 * - the benchmark's string, operations under any of their names: `|nor_conv_3x3~0|+|none~0|skip_connect~1|+|…|`;
 * - NASLib's tuple of operation indices, in its orders of operations and edges: `(4, 0, 3, 1, 4, 3)`, also in `[ ]`;
 * - six digits in the paper's orders: `421211`, 0 `none`, 1 `skip_connect`, 2 `conv_1x1`, 3 `conv_3x3`, 4 `avg_pool_3x3`.
 * @returns the operations of the six edges in the paper's order
 * @throws RangeError for any other text
 */
export function parseBench201(text: string): string[] {
  if (/^[0-4]{6}$/.test(text)) return [...text].map((digit) => bench201Operations[Number(digit)]!);
  const tuple = /^[([]\s*([0-4](?:\s*,\s*[0-4]){5})\s*[)\]]$/.exec(text);
  if (tuple) {
    const indices = tuple[1]!.split(',').map(Number);
    return naslibPlaces.map((place) => naslibOperations[indices[place]!]!);
  }
  const written = [...text.matchAll(/\|(\w+)~\d(?=\|)/g)].map((match) => match[1]!);
  const operations = written.map(canonicalOperation);
  const isWhole = written.length === 6 && writeBench201(written) === text;
  if (isWhole && operations.every((name) => operationNames.includes(name))) return operations;
  throw new RangeError(`${JSON.stringify(text)} is no cell of NAS-Bench-201.`);
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
