/**
 * Architecture parameters with their Adam: α of every edge (DARTS, Liu et al., 2019) and, with edge normalization, one β an
 * edge (PC-DARTS, Xu et al., 2020, equation 2), all in one vector.
 */
import {
  edgeShares,
  partialGradient,
  partialMixtures,
  softmaxGradient,
  softmaxMixtures,
  type Alphas,
  type Betas,
} from '../../network/mixture';
import { Adam, type AdamSettings, type AdamState } from '../../network/optimizers';
import type { Mixtures } from '../../network/supernet';
import type { Random } from '../../random';
import { softmax } from '../../space/cell/alpha';
import { cellKinds, type CellKind } from '../../space/frame';
import type { EdgeWeights, SupernetSpace } from '../../space/searchSpace';

export interface ArchitectureOptions extends AdamSettings {
  /** Every parameter starts as this times N(0, 1). */
  readonly initialScale: number;
  /** Whether edges have a β. */
  readonly edgeNormalization: boolean;
}

function byKind<T>(make: (kind: CellKind) => T): Record<CellKind, T> {
  return { normal: make('normal'), reduction: make('reduction') };
}

export class Architecture {
  private readonly adam: Adam;

  constructor(
    private readonly space: Pick<SupernetSpace, 'kinds' | 'operations' | 'edges'>,
    private readonly options: ArchitectureOptions,
    random: Random,
  ) {
    const { kinds, operations, edges } = space;
    const anEdge = operations.length + (options.edgeNormalization ? 1 : 0);
    const length = kinds.length * edges.length * anEdge;
    this.adam = new Adam(
      Float64Array.from({ length }, () => options.initialScale * random.normal()),
      options,
    );
  }

  /** All parameters: α kind by kind and edge by edge, then β. Changed in place by `apply`. */
  get values(): Float64Array {
    return this.adam.values;
  }

  get alphas(): Record<CellKind, number[][]> {
    return this.alphasOf(this.values);
  }

  /** Undefined without edge normalization. */
  get betas(): Record<CellKind, number[]> | undefined {
    return this.betasOf(this.values);
  }

  /** Weights of the supernet's mixtures. @param values in place of its own */
  mixtures(values: ArrayLike<number> = this.values): Mixtures {
    const alphas = this.alphasOf(values);
    const betas = this.betasOf(values);
    return betas ? partialMixtures(alphas, betas, this.space.edges) : softmaxMixtures(alphas);
  }

  /**
   * The gradient of all parameters, by the chain rule from that of the mixtures.
   * @param values at which the mixtures were taken
   */
  gradient(ofMixtures: Mixtures, values: ArrayLike<number> = this.values): number[] {
    const alphas = this.alphasOf(values);
    const betas = this.betasOf(values);
    if (!betas) return this.flat(softmaxGradient(alphas, ofMixtures));
    const gradient = partialGradient(alphas, betas, this.space.edges, ofMixtures);
    return this.flat(gradient.alphas, gradient.betas);
  }

  /** What an architecture is read from: softmax(α), times the softmax of β over the edges into a node. */
  edgeWeights(): EdgeWeights {
    const { alphas, betas } = this;
    return byKind((kind) => {
      const shares = betas && edgeShares(betas[kind], this.space.edges);
      return alphas[kind].map((row, edge) => softmax(row).map((p) => (shares?.[edge] ?? 1) * p));
    });
  }

  /** One step of Adam. */
  apply(gradient: readonly number[]): void {
    this.adam.apply(gradient);
  }

  state(): AdamState {
    return this.adam.state();
  }

  /** @throws UserError with code `checkpoint-damaged` when the state is of another space */
  restore(state: AdamState): void {
    this.adam.restore(state, 'the architecture');
  }

  private alphasOf(values: ArrayLike<number>): Record<CellKind, number[][]> {
    const { kinds, operations, edges } = this.space;
    const all = Array.from(values);
    return byKind((kind) => {
      const place = kinds.indexOf(kind);
      if (place < 0) return [];
      return edges.map((_, edge) => {
        const start = (place * edges.length + edge) * operations.length;
        return all.slice(start, start + operations.length);
      });
    });
  }

  private betasOf(values: ArrayLike<number>): Record<CellKind, number[]> | undefined {
    if (!this.options.edgeNormalization) return undefined;
    const { kinds, operations, edges } = this.space;
    const behind = kinds.length * edges.length * operations.length;
    const all = Array.from(values);
    return byKind((kind) => {
      const place = kinds.indexOf(kind);
      if (place < 0) return [];
      const start = behind + place * edges.length;
      return all.slice(start, start + edges.length);
    });
  }

  private flat(alphas: Alphas, betas?: Betas): number[] {
    const kinds = cellKinds.filter((kind) => this.space.kinds.includes(kind));
    return [...kinds.flatMap((kind) => alphas[kind].flat()), ...kinds.flatMap((kind) => betas?.[kind] ?? [])];
  }
}
