/**
 * What computes the networks of a job: found out and described before it starts, loaded when it first computes. The fused
 * engine needs no loading; the reference brings its tensor library with it.
 */
import { chooseBackend, describeBackend, type BackendPlaces } from '../backend/choose';
import type { BackendChoice } from '../backend/names';
import type { EngineChoice, EngineName } from '../engine';
import type { EngineOptions } from '../network/engines';
import { describeFused } from '../network/fused/description';
import { modelOf } from '../network/fused/engine';
import { structureOf } from '../network/structure';
import { whereSupported, type Unsupported } from '../network/unsupported';
import type { NetworkPlan } from '../space/plan';

export interface JobEngine extends EngineOptions {
  /** What computes, but for networks that the fused engine has no kernels for. */
  readonly name: EngineName;
  /** With version, instructions and threads. */
  readonly description: string;
  /** What a person should know before the job starts. */
  readonly notices: readonly string[];
  /**
   * Where `auto` takes the fused engine: native TensorFlow instead of it, which a race may show to be faster.
   * @param signal that nobody waits for it any longer
   * @throws UserError when it is not set up
   */
  startRival?(signal?: AbortSignal): Promise<JobEngine>;
}

export interface EngineRequest extends BackendPlaces {
  readonly choice: EngineChoice;
  readonly threads: number;
  /** Some of the networks that are to be computed. */
  readonly plans: readonly NetworkPlan[];
  /** For `auto`: whether the fused engine is taken when it has kernels for some of them (the default), or only for all. */
  readonly wanted?: 'some' | 'every';
}

/** Why a network is computed slowly, in the words of a run. */
export function describeFallback({ message }: Unsupported): string {
  return `${message} The reference computes it instead, layer by layer, which is slower.`;
}

/**
 * No tensor library is loaded here.
 * @throws UserError when the one that was asked for cannot be had
 */
export async function prepareEngine(request: EngineRequest): Promise<JobEngine> {
  const { choice, plans, wanted = 'some' } = request;
  if (choice === 'fused') return fusedEngine(request, 'fused');
  if (choice !== 'auto') return referenceEngine(request, choice, []);
  const reasons = plans.map(lacking).filter((reason) => reason !== undefined);
  // Where some networks have kernels, the others alone fall to the reference, when they come up.
  if (reasons.length === 0 || (wanted === 'some' && reasons.length < plans.length)) {
    return fusedEngine(request, 'auto');
  }
  return referenceEngine(request, 'auto', [...new Set(reasons.map(describeFallback))]);
}

/** Why the fused engine cannot compute a network; undefined where it can. */
function lacking(plan: NetworkPlan): Unsupported | undefined {
  return whereSupported(
    () => void modelOf(structureOf(plan)),
    (reason) => reason,
  );
}

function fusedEngine(request: EngineRequest, engine: 'auto' | 'fused'): JobEngine {
  const { threads } = request;
  return {
    ...{ engine, threads, name: 'fused', notices: [] },
    description: describeFused(threads),
    startTensors: tensorsOf(request, 'auto'),
    ...(engine === 'auto' && {
      startRival: (signal) => referenceEngine(request, 'tensorflow', [], signal),
    }),
  };
}

async function referenceEngine(
  request: EngineRequest,
  backend: BackendChoice,
  notices: readonly string[],
  signal?: AbortSignal,
): Promise<JobEngine> {
  const chosen = await chooseBackend(backend, request, signal);
  return {
    ...{ engine: 'reference', threads: request.threads, name: chosen.name, notices },
    description: describeBackend(chosen, request.threads),
    startTensors: tensorsOf(request, chosen.name),
  };
}

/** Loads the tensor library when it is first asked for. */
function tensorsOf(request: EngineRequest, backend: BackendChoice): () => Promise<unknown> {
  let loaded: Promise<unknown> | undefined;
  return () => {
    loaded ??= import('../backend/load').then(({ loadBackend }) => loadBackend(backend, request));
    return loaded;
  };
}
