/**
 * A network as the parts whose times add up to its own: sequences of layers over an input of some shape, the head, the
 * classifier. Parts with the same key are the same computation, wherever and in which space they occur.
 */
import { stateShape, type CellPlan, type EdgePlan, type NetworkPlan } from '../space/plan';
import type { Layer, Shape } from '../space/layers';

interface Layers {
  /** What it is, for messages. */
  readonly label: string;
  readonly layers: readonly Layer[];
  readonly input: Shape;
}

/** All of a plan from the features on. */
export type Tail = Omit<NetworkPlan, 'input' | 'stem' | 'cells' | 'head'>;

export type Part =
  /** Stem, what brings a cell's input to its channels, one candidate of an edge, or what passes by. */
  | ({ readonly kind: 'layers' } & Layers)
  /** Layers between the last cell and the classifier. */
  | ({ readonly kind: 'head' } & Layers)
  /** Global average pooling, and what is linear after it. */
  | { readonly kind: 'classifier'; readonly label: string; readonly input: Shape; readonly tail: Tail };

/** Every part of a network, in order; a part that occurs three times is in the list three times. */
export function networkParts(plan: NetworkPlan): Part[] {
  const { input, stem, cells, head, ...tail } = plan;
  const last = cells.at(-1)?.output ?? tail.features;
  return [
    layersPart('stem', stem, input),
    ...cells.flatMap(cellParts),
    ...(head.length > 0 ? [{ kind: 'head', label: 'head', layers: head, input: last } as const] : []),
    { kind: 'classifier', label: 'classifier', input: tail.features, tail },
  ];
}

function layersPart(label: string, layers: readonly Layer[], input: Shape): Part {
  return { kind: 'layers', label, layers, input };
}

function cellParts(cell: CellPlan): Part[] {
  const preprocess = cell.preprocess.flatMap((layers, i) =>
    layers.length > 0 ? [layersPart('preprocessing of a cell’s input', layers, cell.inputs[i]!)] : [],
  );
  return [...preprocess, ...cell.nodes.flat().flatMap((edge) => edgeParts(cell, edge))];
}

function edgeParts(cell: CellPlan, { from, candidates, bypass }: EdgePlan): Part[] {
  const state = stateShape(cell, from);
  const taking = state.channels / cell.partial;
  const parts = candidates.map(({ operation, layers }) =>
    layersPart(operation, layers, { ...state, channels: taking }),
  );
  if (bypass) parts.push(layersPart('bypass', bypass, { ...state, channels: state.channels - taking }));
  return parts;
}

export function formatShape({ height, width, channels }: Shape): string {
  return `${height}×${width}×${channels}`;
}

/**
 * The same text for the same computation. A learned scale and shift of BN does not count: it is one pass over the data
 * either way, so that a supernet and a found network share their parts.
 */
export function partKey(part: Part): string {
  const shape = formatShape(part.input);
  switch (part.kind) {
    case 'layers':
      return `${layersText(part.layers)} @ ${shape}`;
    case 'head':
      return `head: ${layersText(part.layers)} @ ${shape}`;
    case 'classifier': {
      const { features: _, ...rest } = part.tail;
      return `classifier ${entriesText(rest)} @ ${shape}`;
    }
  }
}

function layersText(layers: readonly Layer[]): string {
  const texts = layers.filter(({ kind }) => kind !== 'identity').map(layerText);
  return texts.length > 0 ? texts.join(', ') : 'identity';
}

/** Kind, then what else the layer says: a layer of any kind has such a text. */
function layerText({ kind, ...rest }: Layer): string {
  const text = entriesText(rest);
  return text ? `${kind} ${text}` : kind;
}

/** Keys in the order of the alphabet, each with its value. */
function entriesText(values: object): string {
  return Object.entries(values)
    .filter(([name, value]) => name !== 'affine' && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(' ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value))
    return `(${value.map((each) => (Array.isArray(each) ? layersText(each as Layer[]) : valueText(each))).join(' | ')})`;
  if (typeof value !== 'object' || value === null) return String(value);
  return 'kind' in value ? layerText(value as Layer) : `(${entriesText(value)})`;
}
