/** The two optimizers of DARTS, with the update rules of PyTorch and a state that can be saved. */
import * as z from 'zod';
import { damagedState, requireArray } from '../snapshot';

export interface SgdSettings {
  readonly learningRate: number;
  readonly minLearningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Largest norm of the gradient. */
  readonly gradientClip: number;
}

/**
 * Cosine schedule (Loshchilov & Hutter, 2017), set once an epoch.
 * @param warmup epochs before it in which the rate rises evenly to the first of the schedule (Goyal et al., 2017, section 2.2);
 * fewer than `epochs`
 */
export function cosineRate(settings: SgdSettings, epoch: number, epochs: number, warmup = 0): number {
  const { learningRate, minLearningRate } = settings;
  if (epoch < warmup) return (learningRate * (epoch + 1)) / (warmup + 1);
  const done = (epoch - warmup) / (epochs - warmup);
  return minLearningRate + ((learningRate - minLearningRate) * (1 + Math.cos(Math.PI * done))) / 2;
}

/** State of `Sgd`; both arrays as long as the weights. A type, since only those are records of arrays, too. */
export type SgdState = {
  readonly weights: Float32Array;
  readonly velocity: Float32Array;
};

/** SGD with momentum, L2 penalty and gradient-norm clipping over one flat weight vector. */
export class Sgd {
  /** Momentum buffer. */
  readonly velocity: Float32Array;

  /** @param weights are changed in place by `apply` and `restore` */
  constructor(
    readonly weights: Float32Array,
    readonly settings: SgdSettings,
  ) {
    this.velocity = new Float32Array(weights.length);
  }

  /** v ← μ·v + clip(∇) + λ·w, w ← w − η·v. */
  apply(gradient: Float32Array, learningRate: number): void {
    const { momentum, weightDecay, gradientClip } = this.settings;
    const { weights, velocity } = this;
    let squares = 0;
    for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
    const clip = Math.min(1, gradientClip / (Math.sqrt(squares) + 1e-6));
    for (let i = 0; i < weights.length; i++) {
      velocity[i] = momentum * velocity[i]! + clip * gradient[i]! + weightDecay * weights[i]!;
      weights[i]! -= learningRate * velocity[i]!;
    }
  }

  /** A copy, which later steps leave alone. */
  state(): SgdState {
    return { weights: this.weights.slice(), velocity: this.velocity.slice() };
  }

  /**
   * @param arrays those of `state` among them, as they came back from a checkpoint
   * @throws UserError with code `checkpoint-damaged` when one is missing or of another network
   */
  restore(arrays: Readonly<Record<string, Float32Array>>): void {
    const size = this.weights.length;
    const [weights, velocity] = ['weights', 'velocity'].map((name) => requireArray(arrays, name, size));
    this.weights.set(weights!);
    this.velocity.set(velocity!);
  }
}

export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
}

/** State of `Adam`, plain numbers. */
export const adamState = z
  .object({
    values: z.array(z.number()),
    first: z.array(z.number()),
    second: z.array(z.number()),
    steps: z.number().int().min(0),
  })
  .refine(({ values, first, second }) => first.length === values.length && second.length === values.length, {
    error: 'the moments are not as many as the values',
  });
export type AdamState = Readonly<z.output<typeof adamState>>;

/**
 * Adam (Kingma & Ba, 2015) with an L2 penalty over a few hundred numbers: in JavaScript, since α is small and is
 * charted at every step anyway.
 */
export class Adam {
  private first: Float64Array;
  private second: Float64Array;
  private steps = 0;

  constructor(
    readonly values: Float64Array,
    private readonly settings: AdamSettings,
  ) {
    this.first = new Float64Array(values.length);
    this.second = new Float64Array(values.length);
  }

  apply(gradient: ArrayLike<number>): void {
    const { learningRate, beta1, beta2, weightDecay } = this.settings;
    this.steps++;
    const correction1 = 1 - beta1 ** this.steps;
    const correction2 = 1 - beta2 ** this.steps;
    for (let i = 0; i < this.values.length; i++) {
      const g = gradient[i]! + weightDecay * this.values[i]!;
      this.first[i] = beta1 * this.first[i]! + (1 - beta1) * g;
      this.second[i] = beta2 * this.second[i]! + (1 - beta2) * g * g;
      const root = Math.sqrt(this.second[i]! / correction2) + 1e-8;
      this.values[i]! -= (learningRate * this.first[i]!) / correction1 / root;
    }
  }

  state(): AdamState {
    return {
      values: [...this.values],
      first: [...this.first],
      second: [...this.second],
      steps: this.steps,
    };
  }

  /**
   * @param what has these parameters, for the error
   * @throws UserError with code `checkpoint-damaged` when there are more or fewer of them
   */
  restore(state: AdamState, what: string): void {
    if (state.values.length !== this.values.length) {
      throw damagedState(what, `it has ${state.values.length} values instead of ${this.values.length}`);
    }
    this.values.set(state.values);
    this.first.set(state.first);
    this.second.set(state.second);
    this.steps = state.steps;
  }
}
