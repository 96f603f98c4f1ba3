/** α of one cell kind as a table of softmax weights, with the marks of discretization (DARTS, section 2.4). */
import { discretizeCell, softmax, type AlphaMatrix, type CellEdge } from '../../src/space/cell/alpha';
import type { RunEventOf } from '../../src/protocol/events';
import type { AlphaPoint, RunState } from '../../src/protocol/runState';
import type { DrawnCell } from '../../src/space/drawing';
import type { CellKind } from '../../src/space/frame';
import { isConnection } from '../../src/space/operations';
import { spaceNamed } from '../../src/space/registry';
import { remembered } from '../kit/memory';

export interface HeatmapRow {
  readonly edge: CellEdge;
  readonly weights: readonly number[];
  /** Column of the strongest operation; of cells that cannot hold it never `none`. */
  readonly chosen: number;
  /** Share of this edge among those into its node (softmax of β), where the search has β. */
  readonly share?: number;
  /** Discretization keeps this edge. */
  readonly kept: boolean;
}

export interface HeatmapModel {
  readonly operations: readonly string[];
  readonly rows: readonly HeatmapRow[];
  /** Outputs of earlier cells that the cell reads. */
  readonly inputs: number;
  /** The cell that α stands for now. */
  readonly cell: DrawnCell;
}

/** Of the first event of a run. */
type SearchedSpace = RunEventOf<'run'>['space'];

/** Whether a matrix has a row an edge and a column an operation of this space. */
export function fits(space: SearchedSpace, alpha: AlphaMatrix): boolean {
  return alpha.length === space.edges.length && alpha.every((row) => row.length === space.operations.length);
}

/** Softmax of β over the edges that lead into the same node (PC-DARTS, equation 4). */
export function edgeShares(space: SearchedSpace, betas: readonly number[]): number[] {
  const shares = new Array<number>(betas.length);
  for (const node of new Set(space.edges.map((edge) => edge.node))) {
    const into = space.edges.flatMap((edge, index) => (edge.node === node ? [index] : []));
    softmax(into.map((index) => betas[index]!)).forEach((share, at) => (shares[into[at]!] = share));
  }
  return shares;
}

/**
 * @param alpha a matrix that `fits` the space
 * @param betas one value an edge, where the search has them: they weigh the edges when α becomes a cell
 */
export function heatmapModel(
  space: SearchedSpace,
  alpha: AlphaMatrix,
  betas?: readonly number[],
): HeatmapModel {
  const { operations, edges, inputs } = space;
  const mixture = alpha.map(softmax);
  const shares = betas?.length === edges.length ? edgeShares(space, betas) : undefined;
  const whole = spaceNamed(space.type)?.cells?.whole ?? false;
  const chosen = mixture.map((weights) => strongest(weights, whole ? [] : operations));
  const cell = whole
    ? wholeCell(
        space,
        chosen.map((column) => operations[column]!),
      )
    : discretizeCell(
        { ...space, nodes: 1 + Math.max(...edges.map(({ node }) => node)) },
        mixture.map((weights, edge) => weights.map((weight) => weight * (shares?.[edge] ?? 1))),
      );
  const rows = edges.map((edge, index): HeatmapRow => ({
    edge,
    weights: mixture[index]!,
    chosen: chosen[index]!,
    share: shares?.[index],
    kept: whole || cell.nodes[edge.node]!.some(({ input }) => input === edge.from),
  }));
  return { operations, rows, inputs, cell };
}

/** The cell that keeps every edge. */
function wholeCell({ edges, inputs }: SearchedSpace, chosen: readonly string[]): DrawnCell {
  const nodes = [...new Set(edges.map(({ node }) => node))].map((node) =>
    edges.flatMap((edge, index) =>
      edge.node === node ? [{ operation: chosen[index]!, input: edge.from }] : [],
    ),
  );
  return { inputs, nodes };
}

/** Index of the largest weight, that of `none` left out where operations have names. */
function strongest(weights: readonly number[], names: readonly string[]): number {
  const selectable = weights.map((weight, k) =>
    names[k] !== undefined && !isConnection(names[k]) ? -1 : weight,
  );
  return selectable.indexOf(Math.max(...selectable));
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

/** Of the cell kinds that the space has. */
export type AlphaModels = Readonly<Partial<Record<CellKind, HeatmapModel>>>;

type Space = NonNullable<RunState['run']>['space'];

const modelsOf = remembered((space: Space | undefined, point: AlphaPoint | undefined) => {
  if (!space || !point) return undefined;
  const { normal, reduction, betas } = point;
  // NAS-Bench-201 has one kind of cell.
  const single = reduction.length === 0;
  if (!fits(space, normal) || !(single || fits(space, reduction))) return undefined;
  const models: AlphaModels = {
    normal: heatmapModel(space, normal, betas?.normal),
    reduction: single ? undefined : heatmapModel(space, reduction, betas?.reduction),
  };
  return models;
});

/** The heat maps of α as it is now; undefined while there is no α, or none that fits the space. */
export function alphaModels({ run, alphas }: RunState): AlphaModels | undefined {
  return modelsOf(run?.space, alphas.at(-1));
}
