/**
 * For working on the dashboard: `npx tsx webview/dev/serve.ts` prints an address where a made-up run goes on in real
 * time. `?theme=light` (dark, light, highContrast, highContrastLight) chooses the theme, `?at=finished` the end of the run,
 * `?run=evolution` another kind of search.
 */
import { themeNames, themes } from '../../test/webview/themes';
import type { RunEvent } from '../../src/protocol/events';
import { fakeRun, fakeTelemetry, untilEpoch } from './fakeRun';
import { fakeTrials } from './fakeTrials';
import { startDevServer } from './server';

const runs: Readonly<Record<string, () => RunEvent[]>> = {
  darts: () => fakeRun({ epochs: 8 }),
  classes: () => fakeRun({ classes: 10 }),
  manyClasses: () => fakeRun({ classes: 300 }),
  collapse: () => fakeRun({ epochs: 16, collapse: true, guard: true }),
  betas: () => fakeRun({ betas: true, guard: true }),
  nasbench201: () => fakeRun({ space: 'nasbench201' }),
  evolution: () => fakeTrials(),
  shared: () => fakeTrials({ shared: true }),
  table: () => fakeTrials({ space: 'nasbench201', table: true, trials: 300 }),
  chain: () => fakeTrials({ space: 'chain' }),
  mbconv: () => fakeTrials({ space: 'mbconv', latency: true }),
};
const context = { runFolder: 'runs/2025-01-15-0930', live: true, resumable: true };

function player(events: readonly RunEvent[], finished: boolean): string {
  const gradient = events.some((event) => event.type === 'alpha');
  const before = finished ? events : gradient ? untilEpoch(events, 0) : events.slice(0, 40);
  const rest = finished ? [] : events.slice(before.length);
  const frames = [];
  for (let at = 0; at < rest.length; at += 2) {
    const shown = rest.slice(at, at + 2);
    frames.push({
      type: 'delta',
      events: shown,
      telemetry: fakeTelemetry(events.slice(0, before.length + at + 2)),
    });
  }
  const snapshot = { type: 'snapshot', events: before, telemetry: fakeTelemetry(before), context };
  return `
    const frames = ${JSON.stringify(frames)};
    addEventListener('load', () => {
      postMessage(${JSON.stringify(snapshot)});
      const timer = setInterval(() => frames.length ? postMessage(frames.shift()) : clearInterval(timer), 100);
    });`;
}

void startDevServer(({ searchParams }) => {
  const theme = themeNames.find((name) => name === searchParams.get('theme')) ?? 'dark';
  const run = runs[searchParams.get('run') ?? 'darts'] ?? runs.darts!;
  return { theme: themes[theme], script: player(run(), searchParams.get('at') === 'finished') };
}).then(({ origin }) =>
  process.stdout.write(
    [
      ...themeNames.map((name) => `${origin}/?theme=${name}\n`),
      ...Object.keys(runs).map((name) => `${origin}/?run=${name}\n`),
    ].join(''),
  ),
);
