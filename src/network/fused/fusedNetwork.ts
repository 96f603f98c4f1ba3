/** A network with one operation an edge on the kernel machine: the same function as `ReferenceNetwork`. */
import type { NetworkPlan } from '../../space/plan';
import { batchNormEpsilon } from '../../space/layers';
import type { ArrayBatch } from '../batch';
import type { ParameterLayout } from '../parameters';
import type {
  JudgedBatch,
  NetworkGradients,
  PathGates,
  Statistics,
  TrainableNetwork,
} from '../trainableNetwork';
import { Engine, everything, type Request } from './engine';
import type { NetworkProgram } from './writeProgram';
import { momentsOf } from './norm';
import { wordOf } from './machine/place';

export class FusedNetwork implements TrainableNetwork {
  readonly layout: ParameterLayout;
  readonly size: number;
  readonly batchNorms: readonly number[];
  private readonly engine: Engine;
  private readonly ones: Float32Array;

  /** @throws Unsupported where a layer has no kernels */
  constructor(
    readonly plan: NetworkPlan,
    threads: number,
  ) {
    this.engine = new Engine(plan, threads);
    ({ layout: this.layout, size: this.size, batchNorms: this.batchNorms } = this.engine.structure);
    this.ones = new Float32Array(this.engine.mixtureCount).fill(1);
  }

  /** Bytes of memory that the engine holds. */
  get memory(): number {
    return this.engine.memory;
  }

  async differentiate(
    batch: ArrayBatch,
    weights: Float32Array,
    gates?: PathGates,
  ): Promise<NetworkGradients> {
    const request = requestFor({ weights: true, gated: gates !== undefined, inference: false });
    const feed =
      gates && ((program: NetworkProgram, floats: Float32Array) => feedGates(program, floats, gates));
    const { score } = await this.engine.run(batch, weights, this.ones, request, feed);
    return { ...score, weights: this.engine.weightGradient() };
  }

  async measure(batch: ArrayBatch, weights: Float32Array): Promise<Statistics> {
    const request = requestFor({ weights: false, gated: false, inference: false });
    const { program } = await this.engine.run(batch, weights, this.ones, request);
    return this.statistics(program);
  }

  async evaluate(batch: ArrayBatch, weights: Float32Array, statistics: Statistics): Promise<JudgedBatch> {
    const request = requestFor({ weights: false, gated: false, inference: true });
    const feed = (program: NetworkProgram, floats: Float32Array): void =>
      this.feedMoments(program, floats, statistics);
    const { score, program } = await this.engine.run(batch, weights, this.ones, request, feed);
    return { ...score, logits: this.engine.readImages(program.logits, batch.shape[0], this.plan.classes) };
  }

  dispose(): void {
    this.engine.dispose();
  }

  /** Means and unbiased variances of the batch. */
  private statistics({ moments }: NetworkProgram): Statistics {
    const all = this.batchNorms.reduce((sum, n) => sum + n, 0);
    const statistics = new Float32Array(2 * all);
    let at = 0;
    this.batchNorms.forEach((channels, index) => {
      const { mean, variance } = momentsOf(moments.get(index)!, channels);
      statistics.set(this.engine.read(mean, channels), at);
      statistics.set(this.engine.read(variance, channels), all + at);
      at += channels;
    });
    return statistics;
  }

  private feedMoments({ moments }: NetworkProgram, floats: Float32Array, statistics: Statistics): void {
    let at = 0;
    this.batchNorms.forEach((channels, index) => {
      const { mean, inverse } = momentsOf(moments.get(index)!, channels);
      for (let c = 0; c < channels; c++, at++) {
        floats[wordOf(mean) + c] = statistics[at]!;
        const deviation = Math.sqrt(statistics[statistics.length / 2 + at]! + batchNormEpsilon);
        floats[wordOf(inverse) + c] = 1 / deviation;
      }
    });
  }
}

function requestFor(needs: { weights: boolean; gated: boolean; inference: boolean }): Request {
  const { weights, gated, inference } = needs;
  const wanted = { weights, mixtures: false, inference };
  return { ...everything, wanted, gated };
}

/** Factor 1 where an edge is never dropped. */
function feedGates({ gates, encoded }: NetworkProgram, floats: Float32Array, factors: PathGates): void {
  gates.forEach((edges, cell) =>
    edges.forEach((place, edge) => {
      const values = factors[cell]?.[edge];
      for (let b = 0; b < encoded.batch; b++) {
        floats[wordOf(place!, b)] = values ? values[b]! : 1;
      }
    }),
  );
}
