/**
 * Loss and accuracy of one training (the search, the found network, a random network) over epochs: the batches as
 * they were logged, and the means at the ends of epochs.
 */
import { phaseTitles, type RunState } from '../../src/protocol/runState';
import type { Phase } from '../../src/protocol/events';
import { decimate, type Column } from '../kit/series';

export interface Training {
  /** `phase:index` or, of a trial, `trial:index`; stable over a run. */
  readonly key: string;
  readonly phase: Phase;
  readonly index: number;
  /** In sampling searches: the trial whose network it is; undefined for the shared weights. */
  readonly trial?: number;
  readonly title: string;
}

/** Columns over `epochs`; null where there is no value. Steps are fractions of an epoch, ends of epochs whole. */
export interface TrainingSeries {
  readonly epochs: readonly number[];
  readonly batchLoss: Column;
  readonly batchValidationLoss: Column;
  readonly loss: Column;
  readonly validationLoss: Column;
  readonly batchAccuracy: Column;
  readonly accuracy: Column;
  readonly validationAccuracy: Column;
  /** Of runs that are judged by another score than accuracy. */
  readonly validationScore: Column;
}

/** Whose network an event is about. */
type Place = Pick<Training, 'phase' | 'index' | 'trial'>;

function keyOf({ phase, index, trial }: Place): string {
  return trial === undefined ? `${phase}:${index}` : `trial:${trial}`;
}

function trainingOf(place: Place, sampling: boolean): Training {
  const { phase, index, trial } = place;
  const titles: Record<Phase, string> = {
    search: sampling ? 'Shared weights' : phaseTitles.search,
    final: 'Found network',
    proof: phaseTitles.proof,
    baseline: `Random ${index + 1}`,
  };
  const title = trial === undefined ? titles[phase] : `Trial ${trial + 1}`;
  return { key: keyOf(place), phase, index, trial, title };
}

/** The trainings of a run so far, in order. */
export function trainings(run: RunState): Training[] {
  const found: Training[] = [];
  const sampling = (run.run?.trials ?? 0) > 0;
  let last = '';
  const add = (place: Place): void => {
    const key = keyOf(place);
    if (key !== last) found.push(trainingOf(place, sampling));
    last = key;
  };
  run.steps.forEach(add);
  // A sampling search announces itself as a whole; what it trains is known with the first step. A check trains nothing.
  const silent = run.phase?.phase === 'proof' || (sampling && run.phase?.phase === 'search');
  if (run.phase && !silent) add(run.phase);
  return found;
}

/** The one under way; of a finished run the search, or the network that was found by trials. */
export function automaticTraining(run: RunState, all: readonly Training[]): Training | undefined {
  if (run.status !== 'finished') return all[all.length - 1];
  return all[0]?.trial === undefined ? all[0] : (all.find(({ phase }) => phase === 'final') ?? all.at(-1));
}

/** Series of one training, thinned to about `limit` points. */
export function trainingSeries(run: RunState, training: Training, limit = 2000): TrainingSeries {
  const matches = (event: Place): boolean => keyOf(event) === training.key;
  const steps = run.steps.filter(matches);
  const ends = endsByStep(steps, run.epochs.filter(matches));
  const validation = (index: number): number | null => steps[index]!.validationLoss ?? null;
  const lines = [
    (index: number) => steps[index]!.loss,
    validation,
    (index: number) => steps[index]!.accuracy,
  ];
  const kept = decimate(steps.length, lines, limit, (index) => ends.has(index));
  const perEpoch = stepsPerEpoch(run, training, steps, ends);
  const end = (name: 'loss' | 'validationLoss' | 'accuracy' | 'validationAccuracy'): Column =>
    kept.map((index) => ends.get(index)?.[name] ?? null);
  return {
    epochs: kept.map((index) => steps[index]!.step / perEpoch),
    batchLoss: kept.map((index) => steps[index]!.loss),
    batchValidationLoss: kept.map(validation),
    batchAccuracy: kept.map((index) => steps[index]!.accuracy),
    loss: end('loss'),
    validationLoss: end('validationLoss'),
    accuracy: end('accuracy'),
    validationAccuracy: end('validationAccuracy'),
    validationScore: kept.map((index) => ends.get(index)?.validationScore?.value ?? null),
  };
}

/** Ends of epochs by the index of the step that they followed. */
function endsByStep(
  steps: RunState['steps'],
  epochs: RunState['epochs'],
): Map<number, RunState['epochs'][number]> {
  const ends = new Map<number, RunState['epochs'][number]>();
  let at = -1;
  for (const epoch of epochs) {
    while (at + 1 < steps.length && steps[at + 1]!.seq < epoch.seq) at++;
    if (at >= 0) ends.set(at, epoch);
  }
  return ends;
}

/** From the events themselves where an epoch has ended: the phase event of an earlier training is no longer at hand. */
function stepsPerEpoch(
  run: RunState,
  training: Training,
  steps: RunState['steps'],
  ends: ReturnType<typeof endsByStep>,
): number {
  const searching = training.phase === 'search';
  const sampling = (run.run?.trials ?? 0) > 0;
  if (searching && run.run && !sampling) return run.run.stepsPerEpoch;
  if (!searching && run.phase?.phase === training.phase && run.phase.index === training.index)
    return run.phase.stepsPerEpoch;
  for (const [index, { epoch }] of ends) return steps[index]!.step / (epoch + 1);
  return (searching ? run.run : run.phase)?.stepsPerEpoch ?? 1;
}
