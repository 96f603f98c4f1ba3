/**
 * From architecture parameters to the weights of a supernet's mixtures and, by the chain rule, back from the gradient of
 * those weights: DARTS (Liu et al., 2019, equation 2), PC-DARTS (Xu et al., 2020) and single paths. Plain numbers in
 * double precision.
 */
import { softmax, type AlphaMatrix, type CellEdge } from '../space/cell/alpha';
import { cellKinds, type CellKind } from '../space/frame';
import type { Mixtures, MixtureWeights } from './supernet';

/** α of both cell kinds, [edge][operation]. */
export type Alphas = Readonly<Record<CellKind, AlphaMatrix>>;
/** β of both cell kinds, [edge]: the strength of an edge among those into the same node. */
export type Betas = Readonly<Record<CellKind, readonly number[]>>;

function byKind<T>(make: (kind: CellKind) => T): Record<CellKind, T> {
  return { normal: make('normal'), reduction: make('reduction') };
}

/**
 * Gradient in front of a softmax: ∂L/∂x_i = p_i · (g_i − Σ_j p_j·g_j).
 * @param p softmax(x)
 * @param g ∂L/∂p
 */
function softmaxBackward(p: readonly number[], g: readonly number[]): number[] {
  const mean = p.reduce((sum, weight, i) => sum + weight * g[i]!, 0);
  return p.map((weight, i) => weight * (g[i]! - mean));
}

/** Weights of the full mixture: the softmax of every row of α, equation 2. */
export function softmaxMixtures(alphas: Alphas): Mixtures {
  return byKind((kind) => ({ operations: alphas[kind].map(softmax) }));
}

/**
 * ∂L/∂α of the full mixture.
 * @param gradient ∂L/∂ `softmaxMixtures(alphas)`
 */
export function softmaxGradient(alphas: Alphas, gradient: Mixtures): Record<CellKind, number[][]> {
  return byKind((kind) =>
    alphas[kind].map((row, edge) => softmaxBackward(softmax(row), gradient[kind].operations[edge]!)),
  );
}

/** Softmax over the edges into each node. */
export function edgeShares(beta: readonly number[], edges: readonly CellEdge[]): number[] {
  if (beta.length === 0) return [];
  return mapNodes(edges, (incoming) => softmax(incoming.map((edge) => beta[edge]!)));
}

/** Applies a function to the edges into each node, and puts the results back in the order of all edges. */
function mapNodes(edges: readonly CellEdge[], apply: (incoming: readonly number[]) => number[]): number[] {
  const nodes = [...new Set(edges.map(({ node }) => node))];
  const result = new Array<number>(edges.length).fill(0);
  for (const node of nodes) {
    const incoming = edges.flatMap((edge, index) => (edge.node === node ? [index] : []));
    apply(incoming).forEach((value, i) => (result[incoming[i]!] = value));
  }
  return result;
}

/**
 * Weights of partial channels: edge e has weight s_e = softmax(β over the edges into its node)_e, operation o on it
 * s_e · softmax(α_e)_o, and the channels that pass by s_e.
 * @param edges of a cell, in the order of α's rows; a kind without cells has no rows, in α and β alike
 */
export function partialMixtures(alphas: Alphas, betas: Betas, edges: readonly CellEdge[]): Mixtures {
  return byKind((kind): MixtureWeights => {
    const bypass = edgeShares(betas[kind], edges);
    const operations = alphas[kind].map((row, edge) => softmax(row).map((p) => bypass[edge]! * p));
    return { operations, bypass };
  });
}

/**
 * ∂L/∂α and ∂L/∂β of partial channels.
 * @param gradient ∂L/∂ `partialMixtures(alphas, betas, edges)`
 */
export function partialGradient(
  alphas: Alphas,
  betas: Betas,
  edges: readonly CellEdge[],
  gradient: Mixtures,
): { alphas: Record<CellKind, number[][]>; betas: Record<CellKind, number[]> } {
  const ofKind = (kind: CellKind) => {
    const { operations, bypass } = gradient[kind];
    const shares = edgeShares(betas[kind], edges);
    const rows = alphas[kind].map((row) => softmax(row));
    const alpha = rows.map((p, edge) => {
      const scaled = operations[edge]!.map((g) => g * shares[edge]!);
      return softmaxBackward(p, scaled);
    });
    // s_e stands in front of all operations of the edge and of what passes by.
    const ofShares = rows.map((p, edge) =>
      p.reduce((sum, weight, o) => sum + weight * operations[edge]![o]!, bypass![edge]!),
    );
    const backward = (incoming: readonly number[]): number[] =>
      softmaxBackward(
        incoming.map((edge) => shares[edge]!),
        incoming.map((edge) => ofShares[edge]!),
      );
    return { alpha, beta: shares.length > 0 ? mapNodes(edges, backward) : [] };
  };
  const parts = byKind(ofKind);
  return { alphas: byKind((kind) => parts[kind].alpha), betas: byKind((kind) => parts[kind].beta) };
}

/**
 * One operation an edge, all others left out.
 * @param choices index of the chosen operation on every edge
 * @param operations how many there are to choose from
 */
export function pathMixtures(
  choices: Readonly<Record<CellKind, readonly number[]>>,
  operations: number,
): Mixtures {
  return byKind((kind) => ({
    operations: choices[kind].map((choice) =>
      Array.from({ length: operations }, (_, operation) => (operation === choice ? 1 : 0)),
    ),
  }));
}

/** All weights of a mixture in one row: by kind, first the operations edge by edge, then what passes by. */
export function flattenMixtures(mixtures: Mixtures): number[] {
  return cellKinds.flatMap((kind) => [...mixtures[kind].operations.flat(), ...(mixtures[kind].bypass ?? [])]);
}

/** Mixtures of the shapes of `like` from such a row. */
export function unflattenMixtures(values: ArrayLike<number>, like: Mixtures): Mixtures {
  let at = 0;
  const take = (): number => values[at++]!;
  const filled = (kind: CellKind): MixtureWeights => {
    const { operations, bypass } = like[kind];
    const rows = operations.map((row) => row.map(take));
    return bypass ? { operations: rows, bypass: bypass.map(take) } : { operations: rows };
  };
  // One after the other: the order is that of `cellKinds`.
  const [normal, reduction] = cellKinds.map(filled) as [MixtureWeights, MixtureWeights];
  return { normal, reduction };
}
