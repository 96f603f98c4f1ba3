/**
 * A network under training with the statistics that its BNs are evaluated with, on any engine.
 *
 * They are population statistics of the weights as they are: measured anew over some training batches before an evaluation
 * ("precise BN": Wu & Johnson, "Rethinking 'Batch' in BatchNorm", 2021, section 3). The usual average over the steps of the
 * training fits weights that have long gone on while the learning rate is high, so that the scores of short trainings would
 * be noise; docs/results.md has the figures.
 */
import { requireArray } from '../snapshot';
import type { NetworkPlan } from '../space/plan';
import type { ArrayBatch } from './batch';
import type { ParameterLayout } from './parameters';
import { populationStatistics } from './populationStatistics';
import type {
  JudgedBatch,
  NetworkGradients,
  PathGates,
  Statistics,
  TrainableNetwork,
} from './trainableNetwork';

export class FoundNetwork {
  private current: Statistics;

  /** @param engine is owned by the new object */
  constructor(private readonly engine: TrainableNetwork) {
    const channels = engine.batchNorms.reduce((sum, n) => sum + n, 0);
    // Mean 0, variance 1.
    this.current = new Float32Array(2 * channels).fill(1, channels);
  }

  get plan(): NetworkPlan {
    return this.engine.plan;
  }

  get layout(): ParameterLayout {
    return this.engine.layout;
  }

  /** Values at the start of the weights that are the network's own, see `NetworkStructure`. */
  get size(): number {
    return this.engine.size;
  }

  /** Bytes that the engine holds, where it knows. */
  get memory(): number | undefined {
    return this.engine.memory;
  }

  /** Loss, hits and ∇w of a training batch. */
  differentiate(batch: ArrayBatch, weights: Float32Array, gates?: PathGates): Promise<NetworkGradients> {
    return this.engine.differentiate(batch, weights, gates);
  }

  /**
   * Measures the statistics of these weights, with which `evaluate` then normalizes.
   * @param batches at least one, of as many images as in training, which the network is trained on
   * @returns false when interrupted: the statistics are then still those of before
   */
  async measure(
    batches: Iterable<ArrayBatch>,
    weights: Float32Array,
    interrupted: () => boolean = () => false,
  ): Promise<boolean> {
    const measured: Statistics[] = [];
    for (const batch of batches) {
      if (interrupted()) return false;
      measured.push(await this.engine.measure(batch, weights));
    }
    this.current = populationStatistics(measured);
    return true;
  }

  /** Loss, hits and logits with the statistics that were measured last; mean 0 and variance 1 before. */
  evaluate(batch: ArrayBatch, weights: Float32Array): Promise<JudgedBatch> {
    return this.engine.evaluate(batch, weights, this.current);
  }

  /** A copy of the statistics that `evaluate` normalizes with. */
  statistics(): Statistics {
    return this.current.slice();
  }

  /**
   * @param arrays `statistics` among them, as they came back from a checkpoint
   * @throws UserError with code `checkpoint-damaged` when they are missing or of another network
   */
  restoreStatistics(arrays: Readonly<Record<string, Float32Array>>): void {
    this.current = requireArray(arrays, 'statistics', this.current.length).slice();
  }

  dispose(): void {
    this.engine.dispose();
  }
}
