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
  return deltasOf(events.slice(0, middle.length + 2 * count), middle.length);
}

/** Two events a message, from one of a log to its end. */
function deltasOf(log: readonly RunEvent[], start: number): DashboardSnapshot[] {
  return Array.from({ length: Math.ceil((log.length - start) / 2) }, (_, index) => {
    const from = start + 2 * index;
    const telemetry = fakeTelemetry(log.slice(0, from + 2));
    return { type: 'delta', events: log.slice(from, from + 2), telemetry };
  });
}

/** A search of 20 epochs up to its last messages, and those, each with a step and all of its α. */
export function longSearch(messages: number): { before: DashboardSnapshot; deltas: DashboardSnapshot[] } {
  const log = fakeRun({ epochs: 20 }).filter((event) => event.type !== 'genotype');
  const search = log.slice(0, log.findLastIndex((event) => event.type === 'alpha') + 1);
  const start = search.length - 2 * messages;
  return { before: snapshot(search.slice(0, start)), deltas: deltasOf(search, start) };
}

/** `count` logged steps after the beginning of a run. */
export function loggedSteps(count: number): RunEvent[] {
  const step = middle.find((event) => event.type === 'step')!;
  const steps = Array.from({ length: count }, (_, index) => ({
    ...{ ...step, seq: 10 + index, step: index + 1 },
    loss: 2 / (1 + index / 1000),
  }));
  return [...middle.slice(0, 2), ...steps];
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
