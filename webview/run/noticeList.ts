/** Which strips stand under the header, and in which order: faults first, then warnings, then notes, newest first. */
import { alarmText, lastAlarm } from '../gradient/collapse';
import type { View } from '../kit/store';

export interface Strip {
  readonly level: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint?: string;
  /** `seq` of a notice, which can be closed. */
  readonly seq?: number;
  readonly showLog?: boolean;
}

/** What is to be shown, most urgent first. */
export function strips({ problem, run, ui }: View): Strip[] {
  const list: Strip[] = [];
  if (problem !== undefined) {
    const hint =
      'What is shown may be out of date. Close and open the dashboard; if this stays, see the log.';
    list.push({ level: 'error', message: problem, hint, showLog: true });
  }
  if (run.failure) list.push({ level: 'error', ...run.failure, showLog: true });
  const closed = new Set(ui.dismissed);
  const alarm = lastAlarm(run);
  if (alarm && !closed.has(alarm.seq)) list.push({ level: 'warning', ...alarmText(alarm), seq: alarm.seq });
  const notices = run.notices.filter((notice) => !closed.has(notice.seq));
  const ordered = [...notices]
    .reverse()
    .sort((a, b) => Number(b.level === 'warning') - Number(a.level === 'warning'));
  return [...list, ...ordered.map(({ level, message, seq }) => ({ level, message, seq }))];
}
