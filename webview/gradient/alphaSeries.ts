/** α over the search as the charts need it: its mean entropy for both cell kinds, and the softmax of one edge. */
import type { AlphaPoint, RunState } from '../../src/protocol/runState';
import { alphaEntropy, softmax } from '../../src/space/cell/alpha';
import type { CellKind } from '../../src/space/frame';
import { decimate, growing, type Column, type Line } from '../kit/series';

/** Columns over `epochs`, of equal length. */
export interface AlphaSeries {
  readonly epochs: readonly number[];
  readonly columns: readonly Column[];
}

const limit = 2000;

/** Thins lines over the logged α to what a screen can show. */
function thinned(run: RunState, lines: readonly Line[]): AlphaSeries {
  const perEpoch = run.run?.stepsPerEpoch ?? 1;
  const kept = decimate(run.alphas.length, lines, limit);
  return {
    epochs: kept.map((index) => run.alphas[index]!.step / perEpoch),
    columns: lines.map((line) => kept.map(line)),
  };
}

/** Mean entropy over time in nats: columns are normal and reduction cell. Remembers what it has computed. */
export function entropySeries(): (run: RunState) => AlphaSeries {
  const entropies = growing(
    (point: AlphaPoint) => [alphaEntropy(point.normal), alphaEntropy(point.reduction)] as const,
  );
  return (run) => {
    const values = entropies(run.alphas);
    return thinned(run, [(index) => values[index]![0], (index) => values[index]![1]]);
  };
}

/** Softmax weights of one edge over time, a column an operation. Remembers the edge that it was last asked for. */
export function edgeSeries(): (run: RunState, kind: CellKind, edge: number) => AlphaSeries {
  let key = '';
  let weights: (points: readonly AlphaPoint[]) => readonly number[][];
  return (run, kind, edge) => {
    if (key !== `${kind}:${edge}`) {
      key = `${kind}:${edge}`;
      weights = growing((point) => softmax(point[kind][edge] ?? []));
    }
    const rows = weights(run.alphas);
    return thinned(
      run,
      Array.from(rows[0] ?? [], (_, k) => (index: number) => rows[index]![k] ?? null),
    );
  };
}
