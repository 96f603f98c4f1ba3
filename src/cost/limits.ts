/** Hardware limits: what of an architecture's costs is too much, and by how far. */
import type { TrialCosts } from './trialCosts';

/** The section `limits` of a config. All are about the network that is trained and generated in the end. */
export interface Limits {
  readonly maxParameters?: number;
  readonly maxFlops?: number;
  readonly maxMemoryMiB?: number;
  readonly maxLatencyMs?: number;
}
export type LimitName = keyof Limits;

interface LimitKind {
  readonly cost: keyof TrialCosts;
  /** The value with its unit. */
  format(value: number): string;
}

const whole = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
const short = (value: number): string => String(Number(value.toPrecision(4)));

export const limitKinds: Readonly<Record<LimitName, LimitKind>> = {
  maxParameters: { cost: 'parameters', format: (value) => `${whole(value)} parameters` },
  maxFlops: { cost: 'flops', format: (value) => `${whole(value)} multiply–accumulates` },
  maxMemoryMiB: {
    cost: 'memoryMiB',
    format: (value) => `${short(value)} MiB in a training step on one image`,
  },
  maxLatencyMs: { cost: 'latencyMs', format: (value) => `${short(value)} ms latency` },
};

/** The limits that are set. */
export function limitNames(limits: Limits): LimitName[] {
  return (Object.keys(limitKinds) as LimitName[]).filter((name) => limits[name] !== undefined);
}

export interface BrokenLimit {
  readonly limit: LimitName;
  readonly value: number;
  readonly allowed: number;
}

/** @throws RangeError when a limit is set on a latency that is not known */
export function costOf(costs: TrialCosts, limit: LimitName): number {
  const value = costs[limitKinds[limit].cost];
  if (value === undefined) throw new RangeError(`${limit} needs a latency table.`);
  return value;
}

/** In the order of `limitKinds`. */
export function brokenLimits(costs: TrialCosts, limits: Limits): BrokenLimit[] {
  return limitNames(limits)
    .map((limit) => ({ limit, value: costOf(costs, limit), allowed: limits[limit]! }))
    .filter(({ value, allowed }) => value > allowed);
}

/** E.g. `12 parameters, more than the limit of 10`. */
export function describeBroken({ limit, value, allowed }: BrokenLimit): string {
  const { format } = limitKinds[limit];
  return `${format(value)}, more than the limit of ${allowed.toLocaleString('en-US')}`;
}

export function describeAll(broken: readonly BrokenLimit[]): string {
  return broken.map(describeBroken).join(' and ');
}

/** How far outside the limits: the largest ratio of a cost to its limit, at most 1 within them; 0 without limits. */
export function excess(costs: TrialCosts, limits: Limits): number {
  return Math.max(0, ...limitNames(limits).map((limit) => costOf(costs, limit) / limits[limit]!));
}

/** How costs break the limits. */
export interface Breach {
  /** Part of a sentence: `5,000 parameters, more than the limit of 4,000`. */
  readonly message: string;
  /** How far the costs are beyond the limit, measured as `excess` does; above 1. */
  readonly excess: number;
}

/**
 * For searches that judge one architecture after the other: why one with these costs is not worth training, or nothing
 * where it is within the limits.
 */
export function limitCheck(limits: Limits): (costs: TrialCosts) => Breach | undefined {
  return (costs) => {
    const broken = brokenLimits(costs, limits);
    if (broken.length === 0) return undefined;
    return { message: describeAll(broken), excess: excess(costs, limits) };
  };
}
