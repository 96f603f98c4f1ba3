/** Where the nodes and edges of a cell stand: a pure function from a genotype to coordinates, by dagre's layered layout. */
import dagre from '@dagrejs/dagre';
import type { DrawnCell } from '../../src/space/drawing';
import { operationLook } from '../kit/naming';

export type Direction = 'LR' | 'TB';

export interface PlacedNode {
  /** Inputs, then nodes; a concatenation as the output is one more. */
  readonly index: number;
  readonly role: 'input' | 'node' | 'output';
  /** Centre. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  /** Unique within the cell and stable while the edge and its operation are the same. */
  readonly key: string;
  /** Name of the operation; undefined on the way into the output. */
  readonly operation?: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Centre of the label and its width. */
  readonly label?: { readonly x: number; readonly y: number; readonly width: number };
}

export interface CellLayout {
  readonly direction: Direction;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const labelHeight = 18;
const margin = 2;
const nodeSize = { width: 38, height: 28 };
/** Average width of a letter at the label's size, and the pill's room left and right of it. */
const letterWidth = 6.2;
const labelPadding = 14;

/** Width of an operation's label, pixels. */
export function labelWidth(operation: string): number {
  return Math.round(operationLook(operation).short.length * letterWidth + labelPadding);
}

/** Lays a cell out from left to right or from top to bottom. */
export function layoutCell(cell: DrawnCell, direction: Direction): CellLayout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 16, edgesep: 10, ranksep: direction === 'LR' ? 11 : 13 });
  const { inputs = 2 } = cell;
  const output = cell.nodes.length + inputs - (cell.concat ? 0 : 1);
  for (let index = 0; index <= output; index++) graph.setNode(String(index), { ...nodeSize });
  cell.nodes.forEach((edges, node) => {
    edges.forEach(({ operation, input }, place) => {
      const label = { width: labelWidth(operation), height: labelHeight, labelpos: 'c', operation };
      graph.setEdge(String(input), String(node + inputs), label, `${place}:${operation}`);
    });
  });
  for (const index of cell.concat ?? [])
    graph.setEdge(String(index), String(output), { width: 0, height: 0 }, 'concat');
  dagre.layout(graph);
  const nodes = Array.from({ length: output + 1 }, (_, index): PlacedNode => {
    const { x, y } = graph.node(String(index)) as { x: number; y: number };
    return {
      index,
      role: index < inputs ? 'input' : index === output ? 'output' : 'node',
      x,
      y,
      ...nodeSize,
    };
  });
  const edges = graph.edges().map((edge): PlacedEdge => {
    const { operation, points, x, y, width } = graph.edge(edge) as {
      points: { x: number; y: number }[];
      operation?: string;
      x?: number;
      y?: number;
      width: number;
    };
    const key = `${edge.v}-${edge.w}-${edge.name}`;
    if (operation === undefined || x === undefined || y === undefined) return { key, points };
    return { key, operation, points, label: { x, y, width } };
  });
  return placed(direction, nodes, edges);
}

/** Moves everything so that it begins at 0, 0: dagre's own size leaves parts of curved edges out. */
function placed(direction: Direction, nodes: PlacedNode[], edges: PlacedEdge[]): CellLayout {
  const boxes = [
    ...nodes,
    ...edges.flatMap(({ points }) => points.map((point) => ({ ...point, width: 4, height: 4 }))),
    ...edges.flatMap(({ label }) => (label ? [{ ...label, height: labelHeight }] : [])),
  ];
  const left = Math.min(...boxes.map(({ x, width }) => x - width / 2)) - margin;
  const top = Math.min(...boxes.map(({ y, height }) => y - height / 2)) - margin;
  const shift = <T extends { readonly x: number; readonly y: number }>(at: T): T => ({
    ...at,
    x: at.x - left,
    y: at.y - top,
  });
  return {
    direction,
    width: Math.max(...boxes.map(({ x, width }) => x + width / 2)) + margin - left,
    height: Math.max(...boxes.map(({ y, height }) => y + height / 2)) + margin - top,
    nodes: nodes.map(shift),
    edges: edges.map((edge) => ({
      ...edge,
      points: edge.points.map(shift),
      label: edge.label && shift(edge.label),
    })),
  };
}

/** From this scale on the labels read well. */
const goodScale = 0.85;

/**
 * The layout that is larger in a given room. The direction before is kept unless it is small there and the other one
 * clearly larger, so that the drawing does not turn with every change of α.
 */
export function fitCell(
  cell: DrawnCell,
  room: { width: number; height: number },
  before: Direction = 'LR',
): CellLayout {
  const same = layoutCell(cell, before);
  const scale = scaleIn(same, room);
  if (scale >= goodScale) return same;
  const other = layoutCell(cell, before === 'LR' ? 'TB' : 'LR');
  return scaleIn(other, room) > 1.15 * scale ? other : same;
}

/** How much a layout is scaled to fit a room; never enlarged by more than a tenth. */
export function scaleIn(layout: CellLayout, room: { width: number; height: number }): number {
  return Math.min(1.1, room.width / Math.max(1, layout.width), room.height / Math.max(1, layout.height));
}

/** A smooth path through points: quadratic curves between the middles of the segments. */
export function smoothPath(points: PlacedEdge['points']): string {
  const [start, ...rest] = points;
  if (!start || rest.length === 0) return '';
  const at = ({ x, y }: { x: number; y: number }): string => `${x.toFixed(1)},${y.toFixed(1)}`;
  let path = `M${at(start)}`;
  for (let index = 0; index < rest.length - 1; index++) {
    const [here, next] = [rest[index]!, rest[index + 1]!];
    const middle = { x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 };
    path += `Q${at(here)} ${at(index === rest.length - 2 ? next : middle)}`;
  }
  return rest.length === 1 ? `${path}L${at(rest[0]!)}` : path;
}

/** The head of an arrow at the end of an edge, as a triangle. */
export function arrowHead(points: PlacedEdge['points'], size = 6): string {
  const end = points.at(-1);
  const before = points.at(-2);
  if (!end || !before) return '';
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const [dx, dy] = [((end.x - before.x) / length) * size, ((end.y - before.y) / length) * size];
  const corner = (side: number): string =>
    `${(end.x - dx - (dy * side) / 2).toFixed(1)},${(end.y - dy + (dx * side) / 2).toFixed(1)}`;
  return `M${end.x.toFixed(1)},${end.y.toFixed(1)}L${corner(1)}L${corner(-1)}Z`;
}
