/** How a run is shown in a terminal: live on a real one, plain lines elsewhere, JSON lines with `--json`. */
import { createLogUpdate } from 'log-update';
import colors from 'picocolors';
import { scoreNameOf, type RunEvent } from '../protocol/events';
import { describeEvent } from '../protocol/eventText';
import { describeProof, proofHolds, type Proof } from '../protocol/proof';
import {
  baselineSummary,
  bestTrial,
  emptyRunState,
  networkTitle,
  phaseTitle,
  reduceRun,
  replayRun,
  trialScoreTitle,
  type RunState,
} from '../protocol/runState';
import { verdictOf, verdictTones, type Verdict, type VerdictTone } from '../protocol/verdict';
import type { Telemetry } from '../protocol/worker';
import { readEventLog } from '../runs/eventLog';
import type { RunFolder } from '../runs/runFolder';
import { formatScore, scoreTitle } from '../scores';
import { formatGenotype } from '../space/genotype';
import { reportLines } from './testReport';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../format';

export interface View {
  event(event: RunEvent): void;
  telemetry(telemetry: Telemetry): void;
  /** What goes on beside the run itself, e.g. loading. */
  activity(text: string): void;
  end(outcome: 'finished' | 'stopped' | 'failed'): void;
}

export function createView(folder: RunFolder, json: boolean): View {
  if (json) return jsonView(folder);
  return process.stdout.isTTY ? liveView(folder) : plainView(folder, console.log);
}

function jsonView(folder: RunFolder): View {
  const print = (value: unknown): void => console.log(JSON.stringify(value));
  print({ type: 'folder', path: folder.path });
  return {
    event: print,
    telemetry: (telemetry) => print({ type: 'telemetry', ...telemetry }),
    activity: (text) => print({ type: 'activity', text }),
    end: (outcome) => print({ type: 'end', outcome, verdict: verdictOf(wholeRun(folder)) }),
  };
}

const colours: Readonly<Record<VerdictTone, (text: string) => string>> = {
  good: colors.green,
  bad: colors.red,
  doubtful: colors.yellow,
  neutral: colors.cyan,
};

/** The first lines after a run: its verdict, why, and what to do next. */
function verdictLines({ kind, title, why, next }: Verdict): string[] {
  return [colors.bold(colours[verdictTones[kind]](`Verdict: ${title}`)), `  ${why}`, `  ${next}`];
}

/** Events that come again in the summary, or at the person's own doing. */
const untold: readonly RunEvent['type'][] = ['genotype', 'stopped', 'failed', 'finished'];

/** The line that an event is worth in a plain log, if any. */
function lineOf(event: RunEvent): string | undefined {
  if (untold.includes(event.type)) return undefined;
  const text = describeEvent(event);
  if (text === undefined) return undefined;
  if (event.type === 'notice' && event.level === 'warning') return `Warning: ${text}`;
  if (event.type === 'proof') return proofLine(event.proof, text);
  // Of the epochs of every single trial there are too many.
  if (event.type === 'epoch' && event.trial !== undefined) return undefined;
  return event.type === 'epoch' || event.type === 'network' ? `  ${text}` : text;
}

/** The run with what it did before it was resumed, which no view has heard of. */
function wholeRun(folder: RunFolder): RunState {
  return replayRun(readEventLog(folder.eventsPath).events);
}

/** Red where the check failed: nobody may scroll past it. */
function proofLine(proof: Proof, text = describeProof(proof)): string {
  const holds = proofHolds(proof);
  if (holds === undefined) return `Warning: ${text}`;
  return holds ? text : colors.bold(colors.red(`ERROR: ${text}`));
}

/** What the run came to, for its last lines. */
function summary(folder: RunFolder, outcome: 'finished' | 'stopped' | 'failed'): string[] {
  if (outcome === 'stopped') return [`Stopped. Go on with: nas resume ${folder.path}`];
  if (outcome === 'failed') return [`The run folder keeps all until here: ${folder.path}`];
  const lines: string[] = [];
  const state = wholeRun(folder);
  const { finished } = state;
  const verdict = verdictOf(state);
  if (verdict) lines.push(...verdictLines(verdict));
  if (finished) {
    const best = bestTrial(state);
    if (best) {
      const of = state.trials.length;
      lines.push(
        `Best of ${of} trials: number ${best.index + 1}, ${trialScoreTitle(state)} ${best.score!.toFixed(4)}`,
      );
    }
    for (const part of formatGenotype(finished.genotype)) {
      lines.push(part.title, ...part.lines.map((line) => `  ${line}`));
    }
    if (finished.testAccuracy !== undefined) {
      const cost = `${formatCount(finished.parameters)} parameters`;
      const { testScore: score } = finished;
      const scored = score ? `, ${scoreTitle(score.name)} ${formatScore(score.name, score.value)}` : '';
      lines.push(
        `${`${networkTitle(state)}:`.padEnd(16)} test accuracy ${formatPercent(finished.testAccuracy)}${scored} (${cost})`,
      );
    }
    const report = state.networks.find(({ phase }) => phase === 'final')?.report;
    if (report) lines.push(...reportLines(report));
    if (state.proof) lines.push(proofLine(state.proof));
  }
  const random = baselineSummary(state);
  if (random) {
    const { count, mean, best } = random;
    const name = scoreNameOf(state.run);
    const [average, highest] = [mean, best].map((score) => formatScore(name, score));
    lines.push(`Random networks: test ${scoreTitle(name)} ${average} mean, ${highest} best of ${count}`);
  }
  lines.push(`Run folder: ${folder.path}`);
  return lines;
}

function plainView(folder: RunFolder, print: (line: string) => void): View {
  return {
    event: (event) => {
      const line = lineOf(event);
      if (line !== undefined) print(line);
    },
    telemetry: () => undefined,
    activity: print,
    end: (outcome) => summary(folder, outcome).forEach((line) => print(line)),
  };
}

/** A bar of `width` cells, filled to `share`. */
function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** How far the phase is, in the units that it counts in. */
function placeOf({ trials, trial, epoch, epochs, step, steps }: Telemetry): string {
  if (trials === undefined) return `epoch ${epoch + 1}/${epochs}  step ${step}/${steps}`;
  return trial === undefined
    ? `before the first of ${trials} trials  step ${step}`
    : `trial ${trial + 1}/${trials}`;
}

function liveLines(state: RunState, telemetry: Telemetry | undefined): string[] {
  const lines: string[] = [];
  if (telemetry) {
    const phase = telemetry.phase ? phaseTitle(state, telemetry.phase) : telemetry.activity;
    const eta =
      telemetry.etaSeconds === undefined ? '' : `  about ${formatDuration(telemetry.etaSeconds)} left`;
    lines.push(`${colors.bold(phase)}  ${placeOf(telemetry)}`);
    lines.push(`${colors.cyan(bar(telemetry.progress, 30))} ${Math.round(100 * telemetry.progress)} %${eta}`);
    const pace = telemetry.stepMs === undefined ? '' : `${Math.round(telemetry.stepMs)} ms a step, `;
    lines.push(colors.dim(`${pace}${formatBytes(telemetry.residentBytes)} of memory`));
  }
  const best = bestTrial(state);
  if (best && state.phase?.phase === 'search') {
    lines.push(`best ${trialScoreTitle(state)} ${best.score!.toFixed(4)}  trial ${best.index + 1}`);
  }
  const step = state.steps.at(-1);
  if (step) lines.push(`loss ${step.loss.toFixed(4)}  accuracy ${formatPercent(step.accuracy)}`);
  const current = state.genotypes.at(-1);
  if (current && state.phase?.phase === 'search') {
    const parts = formatGenotype(current.genotype);
    const width = Math.max(...parts.map(({ title }) => title.length));
    for (const part of parts) lines.push(colors.dim(`${part.title.padEnd(width)}  ${part.lines.join('; ')}`));
  }
  return lines;
}

function liveView(folder: RunFolder): View {
  const draw = createLogUpdate(process.stdout);
  let state = emptyRunState;
  let telemetry: Telemetry | undefined;
  const redraw = (): void => draw(liveLines(state, telemetry).join('\n'));
  // Lines that stay are printed above the part that is redrawn.
  const print = (line: string): void => {
    draw.clear();
    console.log(line);
    redraw();
  };
  return {
    event: (event) => {
      state = reduceRun(state, event);
      const line = lineOf(event);
      if (line !== undefined) print(line);
    },
    telemetry: (next) => {
      telemetry = next;
      redraw();
    },
    activity: print,
    end: (outcome) => {
      draw.clear();
      summary(folder, outcome).forEach((line) => console.log(line));
    },
  };
}
