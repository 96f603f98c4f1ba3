/** Messages for the browser tests, out of one made-up run. */
import type { DashboardSnapshot } from '../../src/protocol/dashboard';
import type { RunEvent } from '../../src/protocol/events';
import { fakeRun, fakeTelemetry, untilEpoch } from '../../webview/dev/fakeRun';

export const events = fakeRun({ epochs: 6, stepsPerEpoch: 60 });
/** The events up to the middle of the fourth epoch of the search. */
export const middle = untilEpoch(events, 3, 0.5);
export const context = { runFolder: '/home/someone/runs/2025-01-15-0930', live: true, resumable: true };

export function snapshot(
  log: readonly RunEvent[] = middle,
  change: Partial<DashboardSnapshot> = {},
): DashboardSnapshot {
  return { type: 'snapshot', events: log, telemetry: fakeTelemetry(log), context, ...change };
}

/** The rest of the search as the host sends it: a step and its α a message. */
export function deltas(count: number): DashboardSnapshot[] {
  const rest = events.slice(middle.length, middle.length + 2 * count);
  return Array.from({ length: Math.ceil(rest.length / 2) }, (_, index) => {
    const telemetry = fakeTelemetry(events.slice(0, middle.length + 2 * index + 2));
    return { type: 'delta', events: rest.slice(2 * index, 2 * index + 2), telemetry };
  });
}

/** One more event at the end of a log. */
export function after(log: readonly RunEvent[], body: object): RunEvent {
  return { ...body, seq: log.at(-1)!.seq + 1, time: 0 } as RunEvent;
}

/** The last α of a log, and the space it belongs to. */
export function lastAlpha(log: readonly RunEvent[]) {
  const run = log.find((event) => event.type === 'run')!;
  return { alpha: log.findLast((event) => event.type === 'alpha')!, space: run.space };
}
