/** Where a run stands, in the few words that a status bar has room for. Pure. */
import type { Phase } from '../../protocol/events';
import type { Telemetry } from '../../protocol/worker';

/** Seconds as "40 s", "12 min" or "3 h 20 min": coarse, so that the text does not flicker. */
export function roughDuration(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

const phaseWords: Readonly<Record<Exclude<Phase, 'proof'>, string>> = {
  search: 'epoch',
  final: 'training epoch',
  baseline: 'random network epoch',
};

function whereOf({ epoch, epochs, phase = 'search', trial, trials }: Telemetry): string {
  if (phase === 'search' && trials !== undefined) {
    return trial === undefined ? 'shared weights' : `trial ${Math.min(trial + 1, trials)}/${trials}`;
  }
  if (phase === 'proof') return 'checking the code';
  return `${phaseWords[phase]} ${Math.min(epoch + 1, epochs)}/${epochs}`;
}

/** The text of the status bar, its icon left out. */
export function statusText(telemetry: Telemetry | undefined): string {
  if (!telemetry || telemetry.state === 'loading') return 'NAS: starting';
  if (telemetry.state === 'stopping') return 'NAS: stopping';
  const where = whereOf(telemetry);
  if (telemetry.state === 'paused') return `NAS: paused, ${where}`;
  const left = telemetry.etaSeconds === undefined ? '' : `, ${roughDuration(telemetry.etaSeconds)} left`;
  return `NAS: ${where}${left}`;
}

/** More on it, one line a fact. */
export function statusDetails(name: string, telemetry: Telemetry | undefined): string[] {
  if (!telemetry) return [name];
  const { activity, engine, stepMs, residentBytes } = telemetry;
  return [
    name,
    activity,
    engine ? `Engine: ${engine}` : '',
    stepMs === undefined ? '' : `${stepMs.toFixed(0)} ms a step`,
    residentBytes > 0 ? `Memory: ${(residentBytes / 2 ** 20).toFixed(0)} MB` : '',
    'Click to open the dashboard',
  ].filter((line) => line !== '');
}
