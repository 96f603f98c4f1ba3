/**
 * The state of a run as a pure function of its events: shared by the extension host, the terminal view and the
 * dashboard, so that all of them show the same.
 */
import { scoreTitle } from '../scores';
import type { Genotype } from '../space/genotype';
import { testScoreOf, type Phase, type RunEvent, type RunEventOf } from './events';
import type { Proof } from './proof';

export type RunStatus = 'empty' | 'running' | 'stopped' | 'failed' | 'finished';

/** α of both cell kinds at one step of the search. */
export interface AlphaPoint {
  readonly step: number;
  readonly epoch: number;
  readonly normal: readonly (readonly number[])[];
  readonly reduction: readonly (readonly number[])[];
  /** Of every edge, in searches with edge normalization. */
  readonly betas?: { readonly normal: readonly number[]; readonly reduction: readonly number[] };
}

export interface RunState {
  readonly status: RunStatus;
  readonly run?: RunEventOf<'run'>;
  /** All phases so far, in order. */
  readonly phases: readonly RunEventOf<'phase'>[];
  /** The last of them. */
  readonly phase?: RunEventOf<'phase'>;
  readonly steps: readonly RunEventOf<'step'>[];
  readonly epochs: readonly RunEventOf<'epoch'>[];
  readonly alphas: readonly AlphaPoint[];
  /** What was the best at the end of each epoch, or each trial that was the best of its time. */
  readonly genotypes: readonly {
    readonly epoch: number;
    readonly trial?: number;
    readonly genotype: Genotype;
  }[];
  readonly networks: readonly RunEventOf<'network'>[];
  /** Whether the found network's generated code is that network, once it was checked. */
  readonly proof?: Proof;
  readonly trials: readonly RunEventOf<'trial'>[];
  readonly reports: readonly RunEventOf<'report'>[];
  readonly collapses: readonly RunEventOf<'collapse'>[];
  readonly notices: readonly RunEventOf<'notice'>[];
  readonly failure?: { readonly message: string; readonly hint?: string };
  readonly finished?: RunEventOf<'finished'>;
  /** `seq` of the last event applied, −1 before the first. */
  readonly seq: number;
}

export const emptyRunState: RunState = {
  status: 'empty',
  phases: [],
  steps: [],
  epochs: [],
  alphas: [],
  genotypes: [],
  networks: [],
  trials: [],
  reports: [],
  collapses: [],
  notices: [],
  seq: -1,
};

/**
 * The state after one more event. A `resumed` event only changes the status: whoever reads a whole log drops the
 * superseded events first (`effectiveEvents`).
 */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  const next: RunState = { ...state, seq: event.seq, status: 'running' };
  switch (event.type) {
    case 'run':
      return { ...next, run: event };
    case 'resumed':
      return { ...next, failure: undefined };
    case 'phase':
      return { ...next, phase: event, phases: [...state.phases, event] };
    case 'step':
      return { ...next, steps: [...state.steps, event] };
    case 'alpha': {
      const { step, epoch, normal, reduction, betas } = event;
      const point: AlphaPoint = { step, epoch, normal, reduction, ...(betas && { betas }) };
      return { ...next, alphas: [...state.alphas, point] };
    }
    case 'epoch':
      return { ...next, epochs: [...state.epochs, event] };
    case 'genotype': {
      const { epoch, trial, genotype } = event;
      return {
        ...next,
        genotypes: [...state.genotypes, { epoch, genotype, ...(trial !== undefined && { trial }) }],
      };
    }
    case 'network':
      return { ...next, networks: [...state.networks, event] };
    case 'proof':
      return { ...next, proof: event.proof };
    case 'trial':
      return { ...next, trials: [...state.trials, event] };
    case 'report':
      return { ...next, reports: [...state.reports, event] };
    case 'collapse':
      return { ...next, collapses: [...state.collapses, event] };
    case 'notice':
      return { ...next, status: state.status, notices: [...state.notices, event] };
    case 'stopped':
      return { ...next, status: 'stopped' };
    case 'failed':
      return { ...next, status: 'failed', failure: { message: event.message, hint: event.hint } };
    case 'finished':
      return { ...next, status: 'finished', finished: event };
  }
}

/** Events of a whole log with those that a resume superseded left out. */
export function effectiveEvents(events: readonly RunEvent[]): RunEvent[] {
  const kept: RunEvent[] = [];
  for (const event of events) {
    if (event.type === 'resumed') {
      while (kept.length > 0 && kept[kept.length - 1]!.seq > event.keep) kept.pop();
    }
    kept.push(event);
  }
  return kept;
}

/**
 * State after a whole log, in time linear in its length: a log may hold tens of thousands of steps, and folding one after
 * the other through `reduceRun` would copy the list of steps each time. Steps and α touch nothing but their lists, so they
 * are put in at the end.
 */
export function replayRun(events: readonly RunEvent[]): RunState {
  const kept = effectiveEvents(events);
  const others = kept.filter((event) => event.type !== 'step' && event.type !== 'alpha');
  const state = others.reduce(reduceRun, emptyRunState);
  const steps = kept.filter((event) => event.type === 'step');
  const alphas = kept.flatMap((event) =>
    event.type === 'alpha' ? reduceRun(emptyRunState, event).alphas : [],
  );
  const decisive = kept.findLast((event) => event.type !== 'notice');
  const status = decisive?.type === 'step' || decisive?.type === 'alpha' ? 'running' : state.status;
  return { ...state, status, steps, alphas, seq: kept.at(-1)?.seq ?? -1 };
}

/** Architectures are proposed and judged one by one, instead of α being trained. */
export function isSampling({ run }: RunState): boolean {
  return run !== undefined && run.trials > 0;
}

/** A given architecture is trained, and nothing is searched. */
export function isTraining({ run }: Pick<RunState, 'run'>): boolean {
  return run?.task === 'training';
}

/** What a run is, where a person reads it. */
export function taskTitle(state: Pick<RunState, 'run'>): 'search' | 'training' {
  return isTraining(state) ? 'training' : 'search';
}

/** What the network is called that is trained to the end, where a person reads it. */
export function networkTitle(state: Pick<RunState, 'run'>): string {
  return isTraining(state) ? 'Network' : 'Found network';
}

/** What a phase of a run is called, likewise. */
export function phaseTitle(state: Pick<RunState, 'run'>, phase: Phase): string {
  return phase === 'final' && isTraining(state) ? 'Training the network' : phaseTitles[phase];
}

/** α of a supernet is trained. */
export function searchesByGradient(state: RunState): boolean {
  return !isSampling(state) && !isTraining(state);
}

/** Test scores of the randomly drawn networks, their mean and the best; undefined when none was trained. */
export function baselineSummary(state: RunState): { count: number; mean: number; best: number } | undefined {
  const scores = state.networks.filter((n) => n.phase === 'baseline').map(testScoreOf);
  if (scores.length === 0) return undefined;
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { count: scores.length, mean, best: Math.max(...scores) };
}

/** The trial with the largest score, the earliest of equals; undefined before any has one. */
export function bestTrial({ trials }: RunState): RunEventOf<'trial'> | undefined {
  return trials.reduce<RunEventOf<'trial'> | undefined>(
    (best, trial) =>
      trial.score !== undefined && (best === undefined || trial.score > best.score!) ? trial : best,
    undefined,
  );
}

/** Estimators whose scores are those of trained networks on the validation split; others have a measure of their own. */
const judgingEstimators: readonly string[] = ['training', 'early_stopping', 'asha', 'shared', 'predictor'];

/** What the scores of trials are, where a person reads it: "score", or its name and sign where it is not the accuracy. */
export function trialScoreTitle({ run }: RunState): string {
  if (!run?.score || !judgingEstimators.includes(run.estimator ?? '')) return 'score';
  const title = scoreTitle(run.score.name);
  return run.score.name === 'logLoss' ? `−${title}` : title;
}

/** What a phase is called where a person reads it. */
export const phaseTitles: Readonly<Record<Phase, string>> = {
  search: 'Search',
  final: 'Training the found network',
  proof: 'Checking the generated code',
  baseline: 'Training random networks',
};
