/** The memory that the engine takes for a network: known from its programs, before anything is computed. */
import type { NetworkPlan } from '../../space/cell/plan';
import { structureOf } from '../structure';
import { modelOf, programFor, type Request } from './engine';
import { Unsupported } from './steps';

/** Images in a batch. */
export interface BatchSizes {
  readonly training: number;
  readonly evaluation: number;
}

type Needs = Partial<Request['wanted']> & { readonly batch: number; readonly gated?: boolean };

/** Bytes of the largest of some programs; undefined where the engine has no kernels for the network. */
function largest(plan: NetworkPlan, threads: number, programs: readonly Needs[]): number | undefined {
  try {
    const model = modelOf(structureOf(plan));
    const ends = programs.map(({ batch, gated = false, ...needs }) => {
      const wanted = { weights: false, mixtures: false, inference: false, ...needs };
      const request = { wanted, pattern: '', active: () => () => true, gated };
      return programFor(model, batch, threads, request).encoded.end;
    });
    return Math.max(...ends);
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

/**
 * Peak of a search with all candidates computed: of the steps of w and of α, and of judging the supernet.
 * @returns bytes; undefined where the reference computes the network, whose memory nobody knows beforehand
 */
export function searchMemory(plan: NetworkPlan, sizes: BatchSizes, threads: number): number | undefined {
  return largest(plan, threads, [
    { batch: sizes.training, weights: true },
    { batch: sizes.training, mixtures: true },
    { batch: sizes.evaluation },
  ]);
}

/**
 * Peak of the training of a network with one operation an edge, and of judging it.
 * @param gated whether there is drop-path
 * @returns as `searchMemory`
 */
export function trainingMemory(
  plan: NetworkPlan,
  sizes: BatchSizes,
  gated: boolean,
  threads: number,
): number | undefined {
  return largest(plan, threads, [
    { batch: sizes.training, weights: true },
    ...(gated ? [{ batch: sizes.training, weights: true, gated }] : []),
    { batch: sizes.evaluation, inference: true },
  ]);
}
