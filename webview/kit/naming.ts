/**
 * How operations, nodes and edges are called and drawn. An operation's colour is its family, its dash the size of its
 * kernel, so that neither the heat map, the lines nor the graph need a legend of their own.
 */
import { operations, type OperationFamily } from '../../src/space/operations';
import type { ThemeColour } from './theme';

export interface OperationLook {
  /** What genotypes call it. */
  readonly name: string;
  /** First line of a column head, e.g. "sep". */
  readonly word: string;
  /** Second line, e.g. "3×3"; empty when there is no kernel. */
  readonly kernel: string;
  /** One line, e.g. "sep 3×3". */
  readonly short: string;
  /** Sentence for tooltips; empty for an operation this version does not know. */
  readonly description: string;
  readonly colour: ThemeColour;
  /** Dash pattern in pixels; empty for a solid line. */
  readonly dash: readonly number[];
}

const familyColours: Readonly<Record<OperationFamily, ThemeColour>> = {
  nothing: 'muted',
  skip: 'purple',
  maxPool: 'orange',
  averagePool: 'yellow',
  separable: 'blue',
  dilated: 'green',
  dense: 'red',
};

const solid: readonly number[] = [];
const kernelDashes: Readonly<Record<string, readonly number[]>> = {
  '1×1': [1, 3],
  '3×3': solid,
  '5×5': [6, 3],
  '7×7': [10, 3, 2, 3],
  '7×1 1×7': [12, 4, 4, 4],
};
/** Of any other kernel. */
const otherDash = [14, 3, 1, 3];
/** The two pools have kernels of one size and, in some themes, nearly one colour. */
const averageDash = [2, 3];

function dashOf(family: OperationFamily, kernel: string): readonly number[] {
  if (family === 'averagePool') return averageDash;
  return kernel === '' ? solid : (kernelDashes[kernel] ?? otherDash);
}

/** Everything about how an operation is shown: what its entry says, or the bare name of one that this version does not know. */
export function operationLook(name: string): OperationLook {
  const entry = operations.find((operation) => operation.name === name);
  if (!entry) {
    const words = name.replaceAll('_', ' ');
    return {
      name,
      word: words,
      kernel: '',
      short: words,
      description: '',
      colour: 'foreground',
      dash: solid,
    };
  }
  const { description, look } = entry;
  const { family, word, kernel = '' } = look;
  return {
    name,
    word,
    kernel,
    short: kernel ? `${word} ${kernel}` : word,
    description,
    colour: familyColours[family],
    dash: dashOf(family, kernel),
  };
}

/**
 * A state of a cell with its subscript apart. With two inputs 0 → c and k−2, 1 → c and k−1, 2 … are the nodes; with one,
 * states are numbered from the input, as in NAS-Bench-201.
 */
export function nodeName(index: number, inputs = 2): { base: string; subscript: string } {
  return inputs === 2 && index < 2
    ? { base: 'c', subscript: `k−${2 - index}` }
    : { base: String(index), subscript: '' };
}

/** A state as plain text, in the notation of the papers: "c_{k-2}", "2". */
export function nodeText(index: number, inputs = 2): string {
  return inputs === 2 && index < 2 ? `c_{k-${2 - index}}` : String(index);
}

/** An edge as plain text: "c_{k-2} → 2". `node` counts from 0, as in `CellEdge`. */
export function edgeText(edge: { readonly from: number; readonly node: number }, inputs = 2): string {
  return `${nodeText(edge.from, inputs)} → ${nodeText(edge.node + inputs, inputs)}`;
}
