/**
 * The reference, brought in when it computes for the first time, together with the tensor library below it: a run that
 * the fused engine computes never holds one in memory.
 */
import type { NetworkPlan } from '../space/plan';
import type { ArrayBatch } from './batch';
import type { ParameterLayout } from './parameters';
import { structureOf } from './structure';
import type { BatchScore, Mixtures, Supernet, SupernetGradients } from './supernet';
import type {
  JudgedBatch,
  NetworkGradients,
  PathGates,
  Statistics,
  TrainableNetwork,
} from './trainableNetwork';

/** Makes a tensor library compute; does nothing when it does already. */
export type StartTensors = () => Promise<unknown>;

/** @returns the same promise at every call; a failure is tried again */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

export class SupernetOnDemand implements Supernet {
  readonly layout: ParameterLayout;
  private readonly reference: () => Promise<Supernet>;

  /** @param start left out where the caller has started a tensor library */
  constructor(
    readonly plan: NetworkPlan,
    start?: StartTensors,
  ) {
    this.layout = structureOf(plan).layout;
    this.reference = once(async () => {
      await start?.();
      const { ReferenceSupernet } = await import('./reference/referenceSupernet');
      return new ReferenceSupernet(plan);
    });
  }

  async differentiate(
    batch: ArrayBatch,
    weights: Float32Array,
    mixtures: Mixtures,
    wanted: 'weights' | 'mixtures' | 'both',
  ): Promise<SupernetGradients> {
    return (await this.reference()).differentiate(batch, weights, mixtures, wanted);
  }

  async evaluate(batch: ArrayBatch, weights: Float32Array, mixtures: Mixtures): Promise<BatchScore> {
    return (await this.reference()).evaluate(batch, weights, mixtures);
  }

  dispose(): void {
    // The reference keeps nothing between two calls.
  }
}

export class NetworkOnDemand implements TrainableNetwork {
  readonly layout: ParameterLayout;
  readonly size: number;
  readonly batchNorms: readonly number[];
  private readonly reference: () => Promise<TrainableNetwork>;

  /** @param start left out where the caller has started a tensor library */
  constructor(
    readonly plan: NetworkPlan,
    start?: StartTensors,
  ) {
    ({ layout: this.layout, size: this.size, batchNorms: this.batchNorms } = structureOf(plan));
    this.reference = once(async () => {
      await start?.();
      const { ReferenceNetwork } = await import('./reference/referenceNetwork');
      return new ReferenceNetwork(plan);
    });
  }

  async differentiate(
    batch: ArrayBatch,
    weights: Float32Array,
    gates?: PathGates,
  ): Promise<NetworkGradients> {
    return (await this.reference()).differentiate(batch, weights, gates);
  }

  async measure(batch: ArrayBatch, weights: Float32Array): Promise<Statistics> {
    return (await this.reference()).measure(batch, weights);
  }

  async evaluate(batch: ArrayBatch, weights: Float32Array, running: Statistics): Promise<JudgedBatch> {
    return (await this.reference()).evaluate(batch, weights, running);
  }

  dispose(): void {
    // The reference keeps nothing between two calls.
  }
}
