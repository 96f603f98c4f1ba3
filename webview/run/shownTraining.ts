/** Which training the charts of loss and accuracy show – the one the person chose, else the one under way – with its series. */
import { isSampling, type RunState } from '../../src/protocol/runState';
import { changes } from '../kit/memory';
import type { View } from '../kit/store';
import {
  automaticTraining,
  trainings,
  trainingSeries,
  type Training,
  type TrainingSeries,
} from './trainingSeries';

export interface ShownTraining {
  /** All trainings of the run so far. */
  readonly all: readonly Training[];
  /** The one that the person chose. */
  readonly chosen?: Training;
  /** The one that is shown without a choice. */
  readonly automatic?: Training;
  /** The one that is shown. */
  readonly training?: Training;
  readonly series?: TrainingSeries;
  /** Nothing has been logged yet. */
  readonly waiting: boolean;
}

/** What the charts say while there is nothing to draw. */
export const waitingForStep = 'Waiting for the first logged step.';

const changed = changes();
let last: ShownTraining = { all: [], waiting: true };

/** The same object for as long as nothing of it is new. */
export function shownTraining({ run, ui }: View): ShownTraining {
  if (changed(run.steps, run.epochs, run.phase, run.status, ui.training)) last = find(run, ui.training);
  return last;
}

function find(run: RunState, wanted: string): ShownTraining {
  const all = trainings(run);
  const chosen = all.find(({ key }) => key === wanted);
  const automatic = automaticTraining(run, all);
  const training = chosen ?? automatic;
  const waiting = !training || run.steps.length === 0;
  return { all, chosen, automatic, training, waiting, series: training && trainingSeries(run, training) };
}

/** Tables and zero-cost scores train nothing. */
export function hasTrainings({ run }: View): boolean {
  return !isSampling(run) || run.steps.length > 0;
}
