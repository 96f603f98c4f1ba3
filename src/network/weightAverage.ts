/** The moving average of weights that networks can be judged with instead of the weights themselves. */
import { requireArray } from '../snapshot';

/**
 * w̄ ← d·w̄ + (1 − d)·w after every step (Polyak & Juditsky, 1992, with exponential weights), where d is the decay but no more than
 * (1 + n) / (10 + n) at step n, as `tf.train.ExponentialMovingAverage` has it with `num_updates`: the first weights, which are
 * chance, are then soon forgotten.
 */
export class WeightAverage {
  readonly values: Float32Array;

  /** @param decay 0 … 1 */
  constructor(
    weights: Float32Array,
    private readonly decay: number,
  ) {
    this.values = weights.slice();
  }

  /** @param step how many there have been, from 1 */
  add(weights: Float32Array, step: number): void {
    const { values } = this;
    const share = 1 - Math.min(this.decay, (1 + step) / (10 + step));
    for (let i = 0; i < values.length; i++) values[i]! += share * (weights[i]! - values[i]!);
  }

  /**
   * @param arrays `average` among them, as they came back from a checkpoint
   * @throws UserError with code `checkpoint-damaged` when it is missing or of another network
   */
  restore(arrays: Readonly<Record<string, Float32Array>>): void {
    this.values.set(requireArray(arrays, 'average', this.values.length));
  }
}
