/** What an architecture costs, for limits, objectives and charts. */
import * as z from 'zod';
import type { NetworkPlan } from '../space/plan';
import type { LatencyTable } from './latencyTable';
import { networkCost } from './network';

/** Costs by name, as checkpoints keep them: what limits and objectives can be set on. */
export const trialCostsState = z.object({
  parameters: z.number(),
  /** Multiply–accumulates of one forward pass for one image. */
  flops: z.number(),
  /** Memory of one training step on one image, MiB: activations, and weights with gradient and momentum; 4 bytes each. */
  memoryMiB: z.number(),
  /** Of one forward pass for one image, where a latency table is given. */
  latencyMs: z.number().optional(),
});
export type TrialCosts = Readonly<z.output<typeof trialCostsState>>;

const bytes = 4;
/** Weights, gradient, momentum. */
const copies = 3;

/** @throws UserError when the table lacks a part of the network */
export function trialCosts(plan: NetworkPlan, table?: LatencyTable): TrialCosts {
  const { parameters, flops, activations } = networkCost(plan);
  const memoryMiB = (bytes * (activations + copies * parameters)) / 2 ** 20;
  const costs = { parameters, flops, memoryMiB };
  return table ? { ...costs, latencyMs: table.predict(plan) } : costs;
}
