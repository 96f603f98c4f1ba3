/** The header as data: which state the run is in, what it says, and which buttons work in that state. */
import { isSampling, isTraining, networkTitle, phaseTitle } from '../../src/protocol/runState';
import { scoreTitle } from '../../src/scores';
import { verdictOf, verdictTones, type VerdictTone } from '../../src/protocol/verdict';
import {
  formatBytes,
  formatCount,
  formatHuge,
  formatInteger,
  formatJudged,
  formatPercent,
  formatQuantity,
  formatStepTime,
  formatTimeLeft,
} from '../kit/format';
import type { View } from '../kit/store';
import { namedBest } from '../trials/trials';
import { formatScore, trialName } from '../trials/trialText';

export type DisplayState =
  | 'loading'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'interrupted'
  | 'stopped'
  | 'failed'
  | 'finished';

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly tooltip?: string;
}

export interface HeaderModel {
  readonly state: DisplayState;
  readonly stateText: string;
  /** Of a finished run: how good its verdict is. */
  readonly tone?: VerdictTone;
  /** What is announced beside the state, e.g. the verdict's title. */
  readonly verdict?: string;
  /** Whether Generate Code is what to do next. */
  readonly generateNext: boolean;
  readonly name: string;
  /** "Search · epoch 3 of 8 · step 41/120". */
  readonly position: string;
  /** 0 … 1; undefined when it is not known. */
  readonly progress?: number;
  readonly timeLeft: string;
  readonly facts: readonly Fact[];
  readonly pauseAction: 'pause' | 'resume';
  readonly enabled: { readonly pause: boolean; readonly stop: boolean; readonly generate: boolean };
}

const stateTexts: Readonly<Record<DisplayState, string>> = {
  loading: 'Starting',
  running: 'Running',
  paused: 'Paused',
  stopping: 'Stopping',
  interrupted: 'Interrupted',
  stopped: 'Stopped',
  failed: 'Failed',
  finished: 'Finished',
};

/** The run's own end wins over telemetry, which may be a message older. */
export function displayState({ run, telemetry, context }: View): DisplayState {
  if (run.status === 'finished' || run.status === 'failed' || run.status === 'stopped') return run.status;
  if (context && !context.live) return 'interrupted';
  return telemetry?.state ?? (run.status === 'empty' ? 'loading' : 'running');
}

/** "Search · trial 13 of 100 · epoch 2 of 5", or what is trained before the first. */
function trialPosition({ run }: View): string {
  const wanted = run.run!.trials;
  const done = run.trials.length;
  const title = phaseTitle(run, 'search');
  const last = run.steps.at(-1);
  const epoch = last && `epoch ${last.epoch + 1}`;
  if (last && last.trial === undefined && done === 0) return `${title} · training shared weights · ${epoch}`;
  if (done >= wanted) return `${title} · all ${formatQuantity(wanted, 'trial')} done`;
  const place = `${title} · trial ${formatInteger(done + 1)} of ${formatInteger(wanted)}`;
  return last?.trial === done ? `${place} · ${epoch}` : place;
}

/** Epoch, counted from 1 as people do, and step within the epoch. */
function position(view: View, state: DisplayState): string {
  const { run, telemetry } = view;
  if (state === 'loading') return telemetry?.activity ?? '';
  if (state === 'finished') return outcome(view);
  const { phase } = run;
  if (!phase) return telemetry?.activity ?? '';
  if (phase.phase === 'search' && isSampling(run)) return trialPosition(view);
  const name = phaseTitle(run, phase.phase);
  const title = phase.of > 1 ? `${name} ${phase.index + 1} of ${phase.of}` : name;
  const last = run.steps[run.steps.length - 1];
  const logged = last && last.phase === phase.phase && last.index === phase.index ? last.step : 0;
  const step = Math.max(logged, telemetry?.phase === phase.phase && isOf(view) ? telemetry.step : 0);
  const perEpoch = Math.max(1, phase.stepsPerEpoch);
  if (phase.phase === 'proof') {
    return `${title} · batch ${formatInteger(step)} of ${formatInteger(phase.stepsPerEpoch)}`;
  }
  const epoch = Math.min(phase.epochs, Math.max(1, Math.ceil(step / perEpoch)));
  const within = step - (epoch - 1) * perEpoch;
  const place = `epoch ${epoch} of ${phase.epochs} · step ${formatInteger(within)}/${formatInteger(perEpoch)}`;
  return `${title} · ${place}`;
}

/** What came out: "Found network: 98.4 % on the test split · 212,458 parameters". */
function outcome({ run }: View): string {
  const { finished } = run;
  if (!finished) return '';
  const size = `${formatInteger(finished.parameters)} parameters · ${formatCount(finished.flops)} multiply–accumulates`;
  const network = networkTitle(run);
  if (finished.testAccuracy === undefined) return `${network}: ${size}`;
  const { testScore } = finished;
  const judged = testScore
    ? `${scoreTitle(testScore.name)} ${formatJudged(testScore.name, testScore.value)}`
    : formatPercent(finished.testAccuracy);
  return `${network}: ${judged} on the test split · ${size}`;
}

/** Telemetry of a phase with as many steps as the one that the events are in: not left over from the one before. */
function isOf({ run, telemetry }: View): boolean {
  return run.phase !== undefined && telemetry?.steps === run.phase.epochs * run.phase.stepsPerEpoch;
}

function facts({ run, telemetry, context }: View): Fact[] {
  const list: Fact[] = [];
  const started = run.run;
  const engine = telemetry?.engine ?? started?.engine;
  // The name and version; the rest is for those who point at it.
  if (engine) list.push({ label: 'Engine', value: /^[^,(]*/.exec(engine)![0].trim(), tooltip: engine });
  if (context?.live !== false) {
    list.push({
      label: 'Step',
      value: telemetry?.stepMs === undefined ? '–' : formatStepTime(telemetry.stepMs),
    });
    const memory = telemetry ? formatBytes(telemetry.residentBytes) : '–';
    const bytes = telemetry?.engineBytes;
    const tooltip = bytes === undefined ? undefined : `${formatBytes(bytes)} of it for the network`;
    list.push({ label: 'Memory', value: memory, tooltip });
  }
  if (!started) return list;
  const { train, validation, test } = started.images;
  const sampling = isSampling(run);
  const second = sampling ? 'judge trials' : 'train α';
  if (isTraining(run)) {
    const [all, kept] = [formatInteger(train + validation), formatInteger(test)];
    list.push({ label: 'Task', value: `training, seed ${started.seed}` });
    list.push({
      label: 'Data',
      value: started.data,
      tooltip: `${all} images train, ${kept} are kept for the test`,
    });
    return list;
  }
  const images = `${formatInteger(train)} images train w, ${formatInteger(validation)} ${second}, ${formatInteger(test)} are kept for the test`;
  if (sampling) list.push(...trialFacts(run));
  list.push({ label: 'Strategy', value: `${started.strategy}, seed ${started.seed}` });
  list.push({ label: 'Data', value: started.data, tooltip: images });
  const { supernet } = started;
  if (supernet) {
    const parameters = `${formatInteger(supernet.parameters)} parameters`;
    const tooltip = `${parameters}, ${formatCount(supernet.flops)} multiply–accumulates, ${formatInteger(supernet.alphas)} α`;
    list.push({ label: 'Supernet', value: parameters, tooltip });
  }
  list.push({ label: 'Space', value: `${formatHuge(started.space.size)} architectures` });
  return list;
}

/** How many trials there were, which is the best, and who judges. */
function trialFacts(run: View['run']): Fact[] {
  const { trials } = run;
  const best = trials.find(({ index }) => index === namedBest(run));
  const count = (status: string): number => trials.filter((trial) => trial.status === status).length;
  const wanted = formatInteger(run.run!.trials);
  const list: Fact[] = [
    {
      label: 'Trials',
      value: `${formatInteger(trials.length)} of ${wanted}`,
      tooltip: `${count('done')} done, ${count('failed')} failed, ${count('rejected')} rejected before training`,
    },
  ];
  if (best?.score !== undefined) {
    const name = trialName(best.index).toLowerCase();
    list.push({ label: 'Best', value: `${formatScore(best.score)}, ${name}`, tooltip: best.text });
  }
  if (run.run!.estimator !== undefined) list.push({ label: 'Estimator', value: run.run!.estimator });
  return list;
}

export function headerModel(view: View): HeaderModel {
  const { run, telemetry, context } = view;
  const state = displayState(view);
  const active = state === 'running' || state === 'paused' || state === 'loading';
  const resumable = state === 'paused' || (!active && state !== 'finished' && state !== 'stopping');
  const progress = state === 'finished' ? 1 : telemetry?.progress;
  const left = active && state !== 'paused' && telemetry?.etaSeconds !== undefined;
  const verdict = verdictOf(run);
  const tone = verdict && verdictTones[verdict.kind];
  const percent = progress === undefined ? '' : formatPercent(progress, 0);
  return {
    state,
    stateText: stateTexts[state],
    tone,
    verdict: verdict?.title,
    generateNext: tone === 'good' || tone === 'neutral',
    name: run.run?.name ?? 'New run',
    position: position(view, state),
    progress,
    timeLeft: left ? `${percent} · ${formatTimeLeft(telemetry.etaSeconds!)}` : percent,
    facts: facts(view),
    pauseAction: resumable ? 'resume' : 'pause',
    enabled: {
      pause: state === 'running' || state === 'paused' || (resumable && context?.resumable === true),
      stop: active,
      generate: run.genotypes.length > 0 || run.finished !== undefined,
    },
  };
}
