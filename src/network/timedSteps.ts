/** Steps of one network with the clock at them, on whichever engine: what engines are compared by. */
import { Random } from '../random';
import type { NetworkPlan } from '../space/plan';
import type { ArrayBatch } from './batch';
import { createFoundNetwork, createSupernet, type EngineOptions } from './engines';
import type { Mixtures } from './supernet';

/** A network and what a step of it is done with; plain data, so that it can go to another process. */
export interface TimedNetwork {
  readonly plan: NetworkPlan;
  readonly batch: ArrayBatch;
  /** Of a supernet; a step is then one for the mixtures and one for the weights, as in a search of first order. */
  readonly mixtures?: Mixtures;
}

export interface TimedSteps {
  /** Does one step. The first one also makes whatever the engine keeps. @returns milliseconds */
  step(): Promise<number>;
  dispose(): void;
}

/** @throws Unsupported where the engine asked for has no kernels for a layer */
export function timedSteps({ plan, batch, mixtures }: TimedNetwork, options: EngineOptions): TimedSteps {
  const timed = async (compute: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await compute();
    return performance.now() - start;
  };
  // How fast a step is does not depend on the weights.
  const random = Random.fromSeed(0, 'timed steps');
  if (mixtures) {
    const supernet = createSupernet(plan, options);
    const weights = supernet.layout.initialize(random);
    return {
      step: () =>
        timed(async () => {
          await supernet.differentiate(batch, weights, mixtures, 'mixtures');
          await supernet.differentiate(batch, weights, mixtures, 'weights');
        }),
      dispose: () => supernet.dispose(),
    };
  }
  const network = createFoundNetwork(plan, options);
  const weights = network.layout.initialize(random);
  return {
    step: () => timed(() => network.differentiate(batch, weights)),
    dispose: () => network.dispose(),
  };
}
