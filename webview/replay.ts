/** The state after a whole log, in time linear in its length: a snapshot may hold tens of thousands of steps. */
import type { RunEvent } from '../src/protocol/events';
import { effectiveEvents, emptyRunState, reduceRun, type RunState } from '../src/protocol/runState';

/**
 * The same as `replayRun`. Folding one step after the other through `reduceRun` copies the lists of steps and α each
 * time, so these two kinds, which touch nothing else, are put in at the end.
 */
export function replay(events: readonly RunEvent[]): RunState {
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
