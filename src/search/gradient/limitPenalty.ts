/**
 * Limits in a gradient search. That the network found costs at most a limit is a constraint on the minimum of L_val; its Lagrangian
 * is L_val + Σ λ·(cost/limit − 1), descended by α and ascended by λ ≥ 0 (dual ascent: Boyd et al., 2011, section 2.1). α descends the
 * expected cost (`expectedCost.ts`), once a step; λ ascends by what the network costs that α stands for, once an epoch. So nothing is
 * penalized while that network is within the limit, and a limit that is still broken weighs more with every epoch.
 */
import { costOf, describeBroken, type LimitName } from '../../cost/limits';
import type { TrialCosts } from '../../cost/trialCosts';
import type { Mixtures } from '../../network/supernet';
import { damagedState } from '../../snapshot';
import type { ExpectedCost } from './expectedCost';

/** Cost that α can steer by for each limit: what is a sum over operations, so all but memory. */
export const steeredCosts = {
  maxParameters: 'parameters',
  maxFlops: 'flops',
  maxLatencyMs: 'latency',
} as const satisfies Partial<Record<LimitName, string>>;

export type SteeredLimit = keyof typeof steeredCosts;

export function isSteered(limit: LimitName): limit is SteeredLimit {
  return limit in steeredCosts;
}

export interface Constraint {
  readonly limit: SteeredLimit;
  readonly allowed: number;
  readonly cost: ExpectedCost;
}

/** The most that λ changes in an epoch: with a network that costs many times its limit, L_val should keep a say. */
const mostChange = 1;

export class LimitPenalty {
  private lambdas: number[];

  constructor(private readonly constraints: readonly Constraint[]) {
    this.lambdas = constraints.map(() => 0);
  }

  /** ∂(L + Σ λ·cost)/∂ each weight of the mixture. @param gradient ∂L/∂ each of them */
  added(gradient: Mixtures): Mixtures {
    return this.constraints.reduce(
      (sum, { cost }, i) => (this.lambdas[i]! > 0 ? cost.added(sum, this.lambdas[i]!) : sum),
      gradient,
    );
  }

  /**
   * One step of ascent.
   * @param costs of the network that α stands for
   * @returns the limits that begin to be penalized, as parts of sentences
   */
  ascend(costs: TrialCosts): string[] {
    const started: string[] = [];
    this.lambdas = this.constraints.map(({ limit, allowed }, i) => {
      const before = this.lambdas[i]!;
      const value = costOf(costs, limit);
      const violation = value / allowed - 1;
      const change = Math.max(-mostChange, Math.min(mostChange, violation));
      const after = Math.max(0, before + change);
      if (before === 0 && after > 0) started.push(describeBroken({ limit, value, allowed }));
      return after;
    });
    return started;
  }

  /** λ of every limit. */
  state(): readonly number[] {
    return [...this.lambdas];
  }

  /** @throws UserError with code `checkpoint-damaged` when there are more or fewer limits */
  restore(lambdas: readonly number[]): void {
    if (lambdas.length !== this.constraints.length) {
      const problem = `it has ${lambdas.length} values of λ instead of ${this.constraints.length}`;
      throw damagedState('the limits', problem);
    }
    this.lambdas = [...lambdas];
  }
}
