/** The two optimizers of DARTS, with the update rules of PyTorch and a state that can be saved. */
import * as tf from '@tensorflow/tfjs-core';

export interface SgdSettings {
  readonly learningRate: number;
  readonly minLearningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Largest norm of the gradient. */
  readonly gradientClip: number;
}

/** Cosine schedule (Loshchilov & Hutter, 2017), set once an epoch. */
export function cosineRate(settings: SgdSettings, epoch: number, epochs: number): number {
  const { learningRate, minLearningRate } = settings;
  return (
    minLearningRate + ((learningRate - minLearningRate) * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2
  );
}

/** SGD with momentum, L2 penalty and gradient-norm clipping over one flat weight vector, which it owns. */
export class Sgd {
  private current: tf.Tensor1D;
  private velocity: tf.Tensor1D;

  constructor(
    values: Float32Array,
    private readonly settings: SgdSettings,
  ) {
    this.current = tf.tensor1d(values);
    this.velocity = tf.zeros([values.length]);
  }

  /** The weights as they stand; valid until the next `apply`. */
  get weights(): tf.Tensor1D {
    return this.current;
  }

  /** v ← μ·v + clip(∇) + λ·w, w ← w − η·v. Leaves the gradient to the caller. */
  apply(gradient: tf.Tensor1D, learningRate: number): void {
    const { momentum, weightDecay, gradientClip } = this.settings;
    const [weights, velocity] = tf.tidy(() => {
      const norm = tf.sqrt(tf.sum(tf.square(gradient)));
      const clip = tf.minimum(1, tf.div(gradientClip, tf.add(norm, 1e-6)));
      const decayed = tf.add(tf.mul(gradient, clip), tf.mul(this.current, weightDecay));
      const v = tf.add(tf.mul(this.velocity, momentum), decayed);
      return [tf.sub(this.current, tf.mul(v, learningRate)), v] as [tf.Tensor1D, tf.Tensor1D];
    });
    tf.dispose([this.current, this.velocity]);
    this.current = weights;
    this.velocity = velocity;
  }

  async state(): Promise<{ weights: Float32Array; velocity: Float32Array }> {
    return {
      weights: (await this.current.data()) as Float32Array,
      velocity: (await this.velocity.data()) as Float32Array,
    };
  }

  /** @throws RangeError when the sizes are those of another network */
  restore(state: { weights: Float32Array; velocity: Float32Array }): void {
    if (state.weights.length !== this.current.size || state.velocity.length !== this.velocity.size) {
      throw new RangeError(
        `The state has ${state.weights.length} weights, the network ${this.current.size}.`,
      );
    }
    this.dispose();
    this.current = tf.tensor1d(state.weights);
    this.velocity = tf.tensor1d(state.velocity);
  }

  dispose(): void {
    tf.dispose([this.current, this.velocity]);
  }
}

export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
}

/** State of `Adam`, plain numbers. */
export interface AdamState {
  readonly values: number[];
  readonly first: number[];
  readonly second: number[];
  readonly steps: number;
}

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

  restore(state: AdamState): void {
    if (state.values.length !== this.values.length) {
      throw new RangeError(
        `The state has ${state.values.length} values of α, the space ${this.values.length}.`,
      );
    }
    this.values.set(state.values);
    this.first.set(state.first);
    this.second.set(state.second);
    this.steps = state.steps;
  }
}
