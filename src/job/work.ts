/** How much work the parts of a job are, in multiply–accumulates. */
import type { Config } from '../config/schema';
import { networkCost } from '../cost/network';
import type { Process } from '../search/process';
import { planNetwork } from '../space/network';
import type { PhaseWork } from './clock';
import { baselineGenotype, finalNetwork, type Part } from './plan';
import type { PreparedJob } from './prepare';

/** A process that says what one of its steps costs. */
export type WorkingProcess = Process & { readonly stepWork: number };

/** What there is to know of a process for that. */
export type ProcessWork = Pick<WorkingProcess, 'epochs' | 'stepsPerEpoch' | 'stepWork' | 'trials'>;

/** Work of the part under way, which the process does, and, by the best guess, of the ones after it. */
export function workFrom(
  { epochs, stepsPerEpoch, stepWork, trials }: ProcessWork,
  later: readonly Part[],
  config: Config,
  { space, data }: Pick<PreparedJob, 'space' | 'data'>,
): PhaseWork[] {
  const work = { steps: epochs * stepsPerEpoch, stepWork, uneven: trials !== undefined };
  if (later.length === 0) return [work];
  const network = finalNetwork(config, data.input);
  const { flops } = networkCost(planNetwork(baselineGenotype(config, space, 0), network));
  return [work, ...later.map(({ phase }) => laterWork(phase, flops, config, data))];
}

/** @param flops of one network and image */
function laterWork(
  phase: Part['phase'],
  flops: number,
  { final: { epochs, batchSize } }: Config,
  { images, trainingStepsPerEpoch }: PreparedJob['data'],
): PhaseWork {
  if (phase === 'proof') return { steps: 1, stepWork: images.test * flops };
  return { steps: epochs * trainingStepsPerEpoch, stepWork: 3 * batchSize * flops };
}
