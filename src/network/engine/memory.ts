/** The memory that the engine takes for a network: known from its programs, before anything is computed. */
import type { NetworkPlan } from '../../space/cell/plan';
import { structureOf } from '../structure';
import { everything, modelOf, programFor, type Request } from './engine';

/** Images in a batch. */
export interface BatchSizes {
  readonly training: number;
  readonly evaluation: number;
}

type Needs = Partial<Request['wanted']> & { readonly batch: number; readonly gated?: boolean };

function largestProgram(plan: NetworkPlan, threads: number, programs: readonly Needs[]): number {
  const model = modelOf(structureOf(plan));
  const ends = programs.map(({ batch, gated = false, ...needs }) => {
    const wanted = { weights: false, mixtures: false, inference: false, ...needs };
    return programFor(model, batch, threads, { ...everything, wanted, gated }).encoded.end;
  });
  return Math.max(...ends);
}

/**
 * Peak of a search with all candidates computed: of the steps of w and of α, and of judging the supernet.
 * @returns bytes
 * @throws Unsupported where the engine has no kernels for the network
 */
export function searchMemory(plan: NetworkPlan, sizes: BatchSizes, threads: number): number {
  return largestProgram(plan, threads, [
    { batch: sizes.training, weights: true },
    { batch: sizes.training, mixtures: true },
    { batch: sizes.evaluation },
  ]);
}

/**
 * Peak of the training of a network with one operation an edge, and of judging it.
 * @param gated whether there is drop-path
 * @returns bytes
 * @throws Unsupported as `searchMemory`
 */
export function trainingMemory(
  plan: NetworkPlan,
  sizes: BatchSizes,
  gated: boolean,
  threads: number,
): number {
  return largestProgram(plan, threads, [
    { batch: sizes.training, weights: true },
    ...(gated ? [{ batch: sizes.training, weights: true, gated }] : []),
    { batch: sizes.evaluation, inference: true },
  ]);
}
