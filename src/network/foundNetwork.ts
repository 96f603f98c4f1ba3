/** A network under training with the running statistics of its BNs, on any engine. */
import type { NetworkPlan } from '../space/plan';
import type { ArrayBatch } from './batch';
import type { ParameterLayout } from './parameters';
import type {
  JudgedBatch,
  NetworkGradients,
  PathGates,
  Statistics,
  TrainableNetwork,
} from './trainableNetwork';

/** Weight of the newest batch in the running statistics, as in PyTorch. */
const momentum = 0.1;

export class FoundNetwork {
  private readonly running: Statistics;

  /** @param engine is owned by the new object */
  constructor(private readonly engine: TrainableNetwork) {
    const channels = engine.batchNorms.reduce((sum, n) => sum + n, 0);
    // Mean 0, variance 1.
    this.running = new Float32Array(2 * channels).fill(1, channels);
  }

  get plan(): NetworkPlan {
    return this.engine.plan;
  }

  get layout(): ParameterLayout {
    return this.engine.layout;
  }

  /** Bytes that the engine holds, where it knows. */
  get memory(): number | undefined {
    return this.engine.memory;
  }

  /** Loss, hits and ∇w of a training batch; moves the running statistics on. */
  async differentiate(
    batch: ArrayBatch,
    weights: Float32Array,
    gates?: PathGates,
  ): Promise<Omit<NetworkGradients, 'statistics'>> {
    const { statistics, ...gradients } = await this.engine.differentiate(batch, weights, gates);
    for (let i = 0; i < statistics.length; i++) {
      this.running[i] = (1 - momentum) * this.running[i]! + momentum * statistics[i]!;
    }
    return gradients;
  }

  /** Loss, hits and logits with running statistics. */
  evaluate(batch: ArrayBatch, weights: Float32Array): Promise<JudgedBatch> {
    return this.engine.evaluate(batch, weights, this.running);
  }

  /** A copy of the running statistics, for a checkpoint. */
  statistics(): Statistics {
    return this.running.slice();
  }

  /**
   * @param values what `statistics` gave
   * @throws RangeError when the size is that of another network
   */
  restoreStatistics(values: Statistics): void {
    if (values.length !== this.running.length) {
      throw new RangeError(`The state has ${values.length} statistics, the network ${this.running.length}.`);
    }
    this.running.set(values);
  }

  dispose(): void {
    this.engine.dispose();
  }
}
