/** α of one cell kind as a table of softmax weights, with the marks of discretization (DARTS, section 2.4). */
import {
  cellEdges,
  discretizeCell,
  softmax,
  type AlphaMatrix,
  type CellEdge,
  type CellSpace,
} from '../src/space/cell/space';
import type { CellGenotype } from '../src/space/genotype';

export interface HeatmapRow {
  readonly edge: CellEdge;
  readonly weights: readonly number[];
  /** Column of the strongest operation but `none`. */
  readonly chosen: number;
  /** Discretization keeps this edge. */
  readonly kept: boolean;
}

export interface HeatmapModel {
  readonly operations: readonly string[];
  readonly rows: readonly HeatmapRow[];
  /** The cell that α stands for now. */
  readonly cell: CellGenotype;
}

/** Whether a matrix has a row an edge and a column an operation of this space. */
export function fits(space: CellSpace, alpha: AlphaMatrix): boolean {
  const edges = cellEdges(space.nodes).length;
  return alpha.length === edges && alpha.every((row) => row.length === space.operations.length);
}

/** @param alpha a matrix that `fits` the space */
export function heatmapModel(space: CellSpace, alpha: AlphaMatrix): HeatmapModel {
  const cell = discretizeCell(space, alpha);
  const rows = cellEdges(space.nodes).map((edge, index): HeatmapRow => {
    const weights = softmax(alpha[index]!);
    const selectable = weights.map((weight, k) => (space.operations[k] === 'none' ? -1 : weight));
    return {
      edge,
      weights,
      chosen: selectable.indexOf(Math.max(...selectable)),
      kept: cell.nodes[edge.node]!.some(({ input }) => input === edge.from),
    };
  });
  return { operations: space.operations, rows, cell };
}

const rampSteps = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];

/**
 * Weight at the strong end of the colour ramp: about three times the undecided weight 1/K, so that the first small
 * differences show, then in steps with the largest weight. Shared by both cell kinds, which makes them comparable.
 */
export function rampMaximum(models: readonly HeatmapModel[]): number {
  const operations = Math.max(1, models[0]?.operations.length ?? 1);
  const largest = Math.max(0, ...models.flatMap((model) => model.rows.flatMap((row) => row.weights)));
  const least = Math.max(largest, 3 / operations);
  return rampSteps.find((step) => step >= least) ?? 1;
}

/** Place of a weight on the ramp, 0 … 1. */
export function rampPlace(weight: number, maximum: number): number {
  return Math.min(1, weight / maximum);
}
