/** The memory that the engine takes for a network: known from its programs, before anything is computed. */
import type { NetworkPlan } from '../../space/plan';
import { structureOf } from '../structure';
import type { Mixtures } from '../supernet';
import { everything, modelOf, programFor, type Request } from './engine';
import { activeIn } from './fusedSupernet';

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
 * @param both whether both gradients are taken at once, as in steps of second order
 * @returns bytes
 * @throws Unsupported where the engine has no kernels for the network
 */
export function searchMemory(plan: NetworkPlan, sizes: BatchSizes, threads: number, both = false): number {
  return largestProgram(plan, threads, [
    { batch: sizes.training, weights: true },
    { batch: sizes.training, mixtures: true },
    ...(both ? [{ batch: sizes.training, weights: true, mixtures: true }] : []),
    { batch: sizes.evaluation },
  ]);
}

export interface StepMemory {
  /** All that the engine holds, bytes. */
  readonly total: number;
  /** Of it what a step fills and the next one fills again: activations and their gradients. */
  readonly ofStep: number;
}

/**
 * Memory of one training step of a supernet with some of its candidates.
 * @param mixtures candidates with a weight of 0 are not computed
 * @param trained `weights`: steps of w alone; `both`: of w and of α, in turns
 * @throws Unsupported as `searchMemory`
 */
export function stepMemory(
  plan: NetworkPlan,
  mixtures: Mixtures,
  trained: 'weights' | 'both',
  batch: number,
  threads: number,
): StepMemory {
  const model = modelOf(structureOf(plan));
  const active = (cell: number) => activeIn(plan.cells[cell]!.kind, mixtures);
  const end = (wanted: Partial<Request['wanted']>): number => {
    const all = { weights: false, mixtures: false, inference: false, ...wanted };
    return programFor(model, batch, threads, { pattern: '', active, wanted: all, gated: false }).encoded.end;
  };
  const ends = [end({ weights: true }), ...(trained === 'both' ? [end({ mixtures: true })] : [])];
  const total = Math.max(...ends);
  return { total, ofStep: total - model.end };
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
