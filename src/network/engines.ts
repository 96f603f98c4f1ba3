/** Which engine computes a network. The choice changes how fast a result comes, and the result only by rounding. */
import type { NetworkPlan } from '../space/plan';
import { FusedNetwork } from './fused/fusedNetwork';
import { FusedSupernet } from './fused/fusedSupernet';
import { Unsupported } from './fused/steps';
import { FoundNetwork } from './foundNetwork';
import { ReferenceNetwork } from './reference/referenceNetwork';
import { ReferenceSupernet } from './reference/referenceSupernet';
import type { Supernet } from './supernet';

export interface EngineOptions {
  /**
   * `fused`: own kernels on several threads. `reference`: every layer on its own, as tensors on the loaded backend.
   * `auto`: fused, unless the network holds a layer that it has no kernels for.
   */
  readonly engine: 'auto' | 'fused' | 'reference';
  /** Threads of the fused engine. */
  readonly threads: number;
}

function choose<T>({ engine, threads }: EngineOptions, fused: (threads: number) => T, reference: () => T): T {
  if (engine === 'reference') return reference();
  try {
    return fused(threads);
  } catch (error) {
    if (engine === 'auto' && error instanceof Unsupported) return reference();
    throw error;
  }
}

/** @throws Unsupported where the engine asked for has no kernels for a layer */
export function createSupernet(plan: NetworkPlan, options: EngineOptions): Supernet {
  return choose<Supernet>(
    options,
    (threads) => new FusedSupernet(plan, threads),
    () => new ReferenceSupernet(plan),
  );
}

/** @throws Unsupported as `createSupernet` */
export function createFoundNetwork(plan: NetworkPlan, options: EngineOptions): FoundNetwork {
  return choose(
    options,
    (threads) => new FoundNetwork(new FusedNetwork(plan, threads)),
    () => new FoundNetwork(new ReferenceNetwork(plan)),
  );
}
