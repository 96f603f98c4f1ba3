/**
 * How operations, nodes and edges are called and drawn. An operation's colour is its family, its dash the size of its
 * kernel, so that neither the heat map, the lines nor the graph need a legend of their own.
 */
import { isConnection, operations } from '../../src/space/operations';
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

const kernelDashes: Readonly<Record<string, readonly number[]>> = {
  '1×1': [1, 3],
  '5×5': [6, 3],
  '7×7': [10, 3, 2, 3],
  '7×1 1×7': [12, 4, 4, 4],
};
/** The two pools have kernels of one size and, in some themes, nearly one colour. */
const averageDash = [2, 3];

function parts(name: string): { word: string; kernel: string } {
  if (name === 'skip_connect') return { word: 'skip', kernel: '' };
  const match = /^([a-z0-9]+?)(?:_(?:pool|conv))?_(\d+)x(\d+)(?:_(\w+))?$/.exec(name);
  if (!match) return { word: name.replaceAll('_', ' '), kernel: '' };
  const kernel = `${match[2]}×${match[3]}`;
  return {
    word: match[1]!,
    kernel: match[4] ? `${kernel} ${match[4].replace(/^(\d+)x(\d+)$/, '$1×$2')}` : kernel,
  };
}

function colourOf(name: string): ThemeColour {
  if (!isConnection(name)) return 'muted';
  if (name === 'skip_connect') return 'purple';
  if (name.startsWith('max_pool')) return 'orange';
  if (name.includes('pool')) return 'yellow';
  if (name.startsWith('dil_conv')) return 'green';
  return name.startsWith('sep_conv') ? 'blue' : 'red';
}

/** Everything about how an operation is shown; works for names that are not registered. */
export function operationLook(name: string): OperationLook {
  const { word, kernel } = parts(name);
  return {
    name,
    word,
    kernel,
    short: kernel ? `${word} ${kernel}` : word,
    description: operations.find((operation) => operation.name === name)?.description ?? '',
    colour: colourOf(name),
    dash: name.startsWith('avg_pool') ? averageDash : (kernelDashes[kernel] ?? []),
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
