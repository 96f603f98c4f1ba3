/** Which engine computes a network. The choice changes how fast a result comes, and the result only by rounding. */
import type { NetworkPlan } from '../space/plan';
import { FusedNetwork } from './fused/fusedNetwork';
import { FusedSupernet } from './fused/fusedSupernet';
import { FoundNetwork } from './foundNetwork';
import { NetworkOnDemand, SupernetOnDemand, type StartTensors } from './onDemand';
import type { Supernet } from './supernet';
import { whereSupported, type Unsupported } from './unsupported';

export interface EngineOptions {
  /**
   * `fused`: own kernels on several threads. `reference`: every layer on its own, as tensors.
   * `auto`: fused, unless the network holds a layer that it has no kernels for.
   */
  readonly engine: 'auto' | 'fused' | 'reference';
  /** Threads of the fused engine. */
  readonly threads: number;
  /** Makes a tensor library compute, before the reference does; left out where the caller has started one. */
  readonly startTensors?: StartTensors;
  /** With `auto`: a network falls to the reference, and why. */
  onFallback?(reason: Unsupported): void;
}

function choose<T>(options: EngineOptions, fused: (threads: number) => T, reference: () => T): T {
  if (options.engine === 'reference') return reference();
  if (options.engine === 'fused') return fused(options.threads);
  return whereSupported(
    () => fused(options.threads),
    (reason) => {
      options.onFallback?.(reason);
      return reference();
    },
  );
}

/** @throws Unsupported where the engine asked for has no kernels for a layer */
export function createSupernet(plan: NetworkPlan, options: EngineOptions): Supernet {
  return choose<Supernet>(
    options,
    (threads) => new FusedSupernet(plan, threads),
    () => new SupernetOnDemand(plan, options.startTensors),
  );
}

/** @throws Unsupported as `createSupernet` */
export function createFoundNetwork(plan: NetworkPlan, options: EngineOptions): FoundNetwork {
  return choose(
    options,
    (threads) => new FoundNetwork(new FusedNetwork(plan, threads)),
    () => new FoundNetwork(new NetworkOnDemand(plan, options.startTensors)),
  );
}
