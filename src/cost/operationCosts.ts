/** What each candidate of a supernet costs, summed over the cells that share its mixture weight. */
import { stateShape, type NetworkPlan } from '../space/plan';
import { cellKinds, type CellKind } from '../space/frame';
import type { Layer, Shape } from '../space/layers';

/** One operation where it stands in a network. */
export interface OperationSite {
  readonly operation: string;
  readonly layers: readonly Layer[];
  /** Of the image that it reads. */
  readonly input: Shape;
}

/** [edge][operation] by kind of cell; a kind without cells has no rows. */
export type OperationCosts = Readonly<Record<CellKind, readonly (readonly number[])[]>>;

/** @param costOf in any unit that adds up: parameters, multiply–accumulates, milliseconds */
export function operationCosts(plan: NetworkPlan, costOf: (site: OperationSite) => number): OperationCosts {
  const [normal, reduction] = cellKinds.map((kind) => {
    const cells = plan.cells
      .filter((cell) => cell.kind === kind)
      .map((cell) =>
        cell.nodes.flat().map(({ from, candidates }) => {
          const state = stateShape(cell, from);
          const input = { ...state, channels: state.channels / cell.partial };
          return candidates.map(({ operation, layers }) => costOf({ operation, layers, input }));
        }),
      );
    const [first = []] = cells;
    return first.map((row, edge) =>
      row.map((_, operation) => cells.reduce((sum, cell) => sum + cell[edge]![operation]!, 0)),
    );
  });
  return { normal: normal!, reduction: reduction! };
}
