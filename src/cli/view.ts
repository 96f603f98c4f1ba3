/** How a run is shown in a terminal: live on a real one, plain lines elsewhere, JSON lines with `--json`. */
import { createLogUpdate } from 'log-update';
import colors from 'picocolors';
import type { RunEvent } from '../protocol/events';
import { describeEvent } from '../protocol/eventText';
import { emptyRunState, phaseTitles, baselineSummary, reduceRun, type RunState } from '../protocol/runState';
import type { Telemetry } from '../protocol/worker';
import type { RunFolder } from '../runs/runFolder';
import { formatCell } from '../space/genotype';
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
    end: (outcome) => print({ type: 'end', outcome }),
  };
}

/** Events that come again in the summary, or at the person's own doing. */
const untold: readonly RunEvent['type'][] = ['genotype', 'stopped', 'failed', 'finished'];

/** The line that an event is worth in a plain log, if any. */
function lineOf(event: RunEvent): string | undefined {
  if (untold.includes(event.type)) return undefined;
  const text = describeEvent(event);
  if (text === undefined) return undefined;
  if (event.type === 'notice' && event.level === 'warning') return `Warning: ${text}`;
  return event.type === 'epoch' || event.type === 'network' ? `  ${text}` : text;
}

/** What the run came to, for its last lines. */
function summary(state: RunState, folder: RunFolder, outcome: 'finished' | 'stopped' | 'failed'): string[] {
  if (outcome === 'stopped') return [`Stopped. Go on with: nas resume ${folder.path}`];
  if (outcome === 'failed') return [`The run folder keeps all until here: ${folder.path}`];
  const lines: string[] = [];
  const { finished } = state;
  if (finished) {
    lines.push('Normal cell', ...formatCell(finished.genotype.normal).map((line) => `  ${line}`));
    lines.push('Reduction cell', ...formatCell(finished.genotype.reduction).map((line) => `  ${line}`));
    if (finished.testAccuracy !== undefined) {
      const cost = `${formatCount(finished.parameters)} parameters`;
      lines.push(`Found network:   test accuracy ${formatPercent(finished.testAccuracy)} (${cost})`);
    }
  }
  const random = baselineSummary(state);
  if (random) {
    const { count, mean, best } = random;
    lines.push(
      `Random networks: test accuracy ${formatPercent(mean)} mean, ${formatPercent(best)} best of ${count}`,
    );
  }
  lines.push(`Run folder: ${folder.path}`);
  return lines;
}

function plainView(folder: RunFolder, print: (line: string) => void): View {
  let state = emptyRunState;
  return {
    event: (event) => {
      state = reduceRun(state, event);
      const line = lineOf(event);
      if (line !== undefined) print(line);
    },
    telemetry: () => undefined,
    activity: print,
    end: (outcome) => summary(state, folder, outcome).forEach((line) => print(line)),
  };
}

/** A bar of `width` cells, filled to `share`. */
function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

function liveLines(state: RunState, telemetry: Telemetry | undefined): string[] {
  const lines: string[] = [];
  if (telemetry) {
    const phase = telemetry.phase ? phaseTitles[telemetry.phase] : telemetry.activity;
    const eta =
      telemetry.etaSeconds === undefined ? '' : `  about ${formatDuration(telemetry.etaSeconds)} left`;
    lines.push(
      `${colors.bold(phase)}  epoch ${telemetry.epoch + 1}/${telemetry.epochs}  step ${telemetry.step}/${telemetry.steps}`,
    );
    lines.push(`${colors.cyan(bar(telemetry.progress, 30))} ${Math.round(100 * telemetry.progress)} %${eta}`);
    const pace = telemetry.stepMs === undefined ? '' : `${Math.round(telemetry.stepMs)} ms a step, `;
    lines.push(colors.dim(`${pace}${formatBytes(telemetry.residentBytes)} of memory`));
  }
  const step = state.steps.at(-1);
  if (step) lines.push(`loss ${step.loss.toFixed(4)}  accuracy ${formatPercent(step.accuracy)}`);
  const current = state.genotypes.at(-1);
  if (current && state.phase?.phase === 'search') {
    lines.push(colors.dim(`normal     ${formatCell(current.genotype.normal).join('; ')}`));
    lines.push(colors.dim(`reduction  ${formatCell(current.genotype.reduction).join('; ')}`));
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
      summary(state, folder, outcome).forEach((line) => console.log(line));
    },
  };
}
