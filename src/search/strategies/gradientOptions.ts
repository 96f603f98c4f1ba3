/** Keys that all gradient strategies share, and what they can contradict. */
import * as z from 'zod';
import { described, type Finding } from '../../describe';

const penalty = z.strictObject({
  cost: described(
    z.enum(['flops', 'parameters', 'latency']),
    'What is to be small. `latency` needs limits.latencyTable.',
  ),
  lambda: described(
    z.number().min(0).max(1000).default(1),
    'Weight of the cost beside the validation loss. The cost of an undecided supernet counts as 1, so that values of about 0.1 to 10 make a difference.',
  ),
});

const guard = z.strictObject({
  skips: described(
    z.union([z.literal(false), z.number().int().min(0).max(100)]).optional(),
    'Skip connections that the normal cell may have; two more are a collapse. Left out: a quarter of its edges, 2 for DARTS and NAS-Bench-201. `false`: they are only counted.',
  ),
  eigenvalue: described(
    z.boolean().default(false),
    'Also measure, every second epoch, the largest eigenvalue of the validation loss’s second derivative by α: a mean of five that is 1.3 times the one of four measurements before is a collapse (Zela et al., 2020). Costs up to 40 steps each time.',
  ),
  action: described(
    z.enum(['stop', 'warn']).default('stop'),
    '`stop`: the search ends with the genotype of the last epoch before. `warn`: it goes on.',
  ),
});

/** With every default filled in. */
export type GuardOptions = z.output<typeof guard>;
export type PenaltyOptions = z.output<typeof penalty>;

export function alphaOptions(defaults: { warmupEpochs: number; learningRate: number }) {
  return {
    order: described(
      z.enum(['first', 'second']).default('first'),
      'How ∇α is taken. `first`: at the current weights (ξ = 0 in equation 6). `second`: through one step of the weights (equations 7 and 8), about two and a half times as slow.',
    ),
    warmupEpochs: described(
      z.number().int().min(0).default(defaults.warmupEpochs),
      'Epochs that train the weights alone before the first α step. A few make a collapse to skip connections less likely. Where budget.epochs has no more than these, a third of it, unless they are written.',
    ),
    learningRate: described(
      z.number().positive().max(10).default(defaults.learningRate),
      'Adam’s learning rate for α.',
    ),
    beta1: described(z.number().min(0).lt(1).default(0.5), 'Adam’s decay of the first moment.'),
    beta2: described(z.number().min(0).lt(1).default(0.999), 'Adam’s decay of the second moment.'),
    weightDecay: described(z.number().min(0).max(1).default(1e-3), 'L2 penalty on α.'),
    initialScale: described(z.number().min(0).max(1).default(1e-3), 'α starts as this times N(0, 1).'),
    penalty: described(
      penalty.optional(),
      'A cost that α is to keep small, beside the validation loss: its expected value under the softmax.',
    ),
    guard: described(guard.prefault({}), 'What is done when the search collapses to skip connections.'),
  };
}

/** Of the preset `laptop`: few epochs, so few of them without α, and larger steps. */
export const laptopAlpha = { warmupEpochs: 2, learningRate: 0.02 };

/** With every default filled in. */
export type AlphaOptions = z.output<z.ZodObject<ReturnType<typeof alphaOptions>>>;

/** @param around the rest of the config, as far as it matters */
export function alphaChecks(
  { warmupEpochs, penalty }: AlphaOptions,
  around: {
    readonly budget: { readonly epochs: number };
    readonly limits: { readonly latencyTable?: string | undefined };
  },
): Finding[] {
  const { epochs } = around.budget;
  const findings: Finding[] = [];
  if (warmupEpochs >= epochs) {
    findings.push({
      path: ['warmupEpochs'],
      message: `${warmupEpochs} warm-up epochs leave none of the ${epochs} for α.`,
      hint: `Use less than ${epochs}, or a budget.epochs above ${warmupEpochs}.`,
      instead: { value: Math.floor(epochs / 3) },
    });
  }
  if (penalty?.cost === 'latency' && around.limits.latencyTable === undefined) {
    findings.push({
      path: ['penalty', 'cost'],
      message: 'A penalty on latency needs a latency table.',
      hint: 'Measure one with `nas latency` and name it in limits.latencyTable, or use "flops".',
    });
  }
  return findings;
}
