/**
 * Guard against the collapse of gradient searches to skip connections, which carry no weights and hence learn fastest. Two
 * rules: too many of them in the normal cell (DARTS+, Liang et al., 2019), and a sharpening validation loss (Zela et al., 2020).
 */
import * as z from 'zod';
import { genotypeSchema, type Genotype } from '../../space/genotype';
import { isConnection } from '../../space/operations';
import { entryOf } from '../../space/registry';
import type { GuardOptions } from '../strategies/gradientOptions';

/** So many skip connections more than allowed are a collapse. */
const excess = 2;
/** Epochs from one measurement of the eigenvalue to the next. */
const measureEvery = 2;
/** Measurements in a mean, how many of them before the present mean the earlier one ends, and how much it may grow. */
const rule = { window: 5, before: 4, ratio: 1.3, fromEpoch: 10 };

const foundState = z.object({ epoch: z.number().int().min(0), genotype: genotypeSchema });
type Found = Readonly<z.output<typeof foundState>>;

/** What the guard thinks of an epoch: the body of a `collapse` event. */
export interface Verdict {
  readonly skips: number;
  readonly allowed: number;
  readonly eigenvalue?: number;
  readonly rule?: 'skips' | 'eigenvalue';
  readonly stopped: boolean;
  readonly keep: number;
}

/** Plain data. */
export const guardState = z.object({
  healthy: foundState.optional(),
  eigenvalues: z.array(z.number()).readonly(),
  stopped: z.boolean(),
});
export type GuardState = Readonly<z.output<typeof guardState>>;

/**
 * Skip connections that a cell may well have: a quarter of its edges (2 of the 8 of DARTS, 2 of the 6 of NAS-Bench-201), more
 * where there are fewer than four operations to choose from.
 */
export function allowedSkips(edges: number, operations: readonly string[]): number {
  const choices = operations.filter(isConnection).length;
  return Math.round(edges / Math.min(4, choices));
}

export class CollapseGuard {
  private healthy: Found | undefined;
  private eigenvalues: number[] = [];
  private isStopped = false;

  /** @param operations of the space */
  constructor(
    private readonly options: GuardOptions,
    private readonly operations: readonly string[],
    /** α stands still before this epoch, and nothing is judged. */
    private readonly firstEpoch: number,
  ) {}

  /** The genotype with which the search has to end; undefined while it may go on. */
  get kept(): Found | undefined {
    return this.isStopped ? this.healthy : undefined;
  }

  /** Whether the eigenvalue is to be measured at the end of this epoch. */
  wantsEigenvalue(epoch: number): boolean {
    const searched = epoch - this.firstEpoch;
    return this.options.eigenvalue && searched >= 0 && searched % measureEvery === 0;
  }

  /**
   * Looks at an epoch. A rule can end the search only when there is an earlier epoch to which it did not object: without
   * one there is nothing better to go back to.
   */
  judge(epoch: number, genotype: Genotype, eigenvalue?: number): Verdict {
    const cell = entryOf(genotype).normalOperations!(genotype);
    const skips = cell.filter((name) => name === 'skip_connect').length;
    const { skips: chosen } = this.options;
    const allowed = typeof chosen === 'number' ? chosen : allowedSkips(cell.length, this.operations);
    if (eigenvalue !== undefined) this.eigenvalues.push(eigenvalue);
    const broken = epoch < this.firstEpoch ? undefined : this.brokenRule(epoch, skips, allowed, eigenvalue);
    const kept = this.healthy;
    if (epoch >= this.firstEpoch && !broken) this.healthy = { epoch, genotype };
    this.isStopped = broken !== undefined && kept !== undefined && this.options.action === 'stop';
    return {
      skips,
      allowed,
      eigenvalue,
      rule: broken,
      stopped: this.isStopped,
      keep: broken && kept ? kept.epoch : epoch,
    };
  }

  state(): GuardState {
    const { healthy, eigenvalues, isStopped } = this;
    return { healthy, eigenvalues: [...eigenvalues], stopped: isStopped };
  }

  restore({ healthy, eigenvalues, stopped }: GuardState): void {
    this.healthy = healthy;
    this.eigenvalues = [...eigenvalues];
    this.isStopped = stopped;
  }

  private brokenRule(
    epoch: number,
    skips: number,
    allowed: number,
    eigenvalue: number | undefined,
  ): Verdict['rule'] {
    if (this.options.skips !== false && skips >= allowed + excess) return 'skips';
    if (eigenvalue === undefined || epoch + 1 < rule.fromEpoch) return undefined;
    const count = this.eigenvalues.length;
    if (count < rule.window + rule.before) return undefined;
    const mean = (end: number): number =>
      this.eigenvalues.slice(end - rule.window, end).reduce((sum, value) => sum + value, 0) / rule.window;
    return mean(count) / mean(count - rule.before) > rule.ratio ? 'eigenvalue' : undefined;
  }
}
