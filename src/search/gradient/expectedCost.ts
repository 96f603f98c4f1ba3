/**
 * λ·cost(α) beside L_val in the step of α: the expected cost of the cells under the softmax, which is linear in the mixture
 * weights and hence differentiable (FBNet, Wu et al., 2019, equation 4; ProxylessNAS, Cai et al., 2019, equation 5).
 *
 * cost = Σ over edges and operations of m_eo · c_eo, with c_eo what the operation costs on its edge in all cells of that kind
 * together, at the full width of the channels. It is divided by its value at uniform α (and β): an undecided supernet costs
 * 1 in any unit, and λ is of order 1. With partial channels m_eo is the edge's share times the softmax of its α.
 */
import type { OperationCosts } from '../../cost/operationCosts';
import type { Mixtures } from '../../network/supernet';
import { cellKinds } from '../../space/frame';

export class ExpectedCost {
  private readonly scale: number;

  /** @param uniform the mixtures at α = 0 (and β = 0) */
  constructor(
    private readonly costs: OperationCosts,
    uniform: Mixtures,
  ) {
    const total = this.sum(uniform);
    this.scale = total > 0 ? 1 / total : 0;
  }

  /** Whether α makes no difference to it: no operation costs anything. */
  get isZero(): boolean {
    return this.scale === 0;
  }

  /** Of the cells, 1 at uniform α. */
  expected(mixtures: Mixtures): number {
    return this.scale * this.sum(mixtures);
  }

  /** ∂(L + λ·cost)/∂ each weight of the mixture. @param gradient ∂L/∂ each of them */
  added(gradient: Mixtures, lambda: number): Mixtures {
    const factor = lambda * this.scale;
    const [normal, reduction] = cellKinds.map((kind) => {
      const costs = this.costs[kind];
      const rows = gradient[kind].operations;
      const operations = rows.map((row, edge) => row.map((g, o) => g + factor * costs[edge]![o]!));
      return { ...gradient[kind], operations };
    });
    return { normal: normal!, reduction: reduction! };
  }

  private sum(mixtures: Mixtures): number {
    let sum = 0;
    for (const kind of cellKinds) {
      mixtures[kind].operations.forEach((row, edge) =>
        row.forEach((weight, o) => (sum += weight * this.costs[kind][edge]![o]!)),
      );
    }
    return sum;
  }
}
