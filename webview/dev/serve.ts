/**
 * For working on the dashboard: `npx tsx webview/dev/serve.ts` prints an address where a made-up run goes on in real
 * time. `?theme=light` (dark, light, highContrast, highContrastLight) chooses the theme, `?at=finished` the end of the run.
 */
import { themeNames, themes } from '../../test/webview/themes';
import { fakeRun, fakeTelemetry, untilEpoch } from './fakeRun';
import { startDevServer } from './server';

const events = fakeRun({ epochs: 8 });
const context = { runFolder: 'runs/2025-01-15-0930', live: true, resumable: true };

function player(finished: boolean): string {
  const before = finished ? events : untilEpoch(events, 0);
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
  return { theme: themes[theme], script: player(searchParams.get('at') === 'finished') };
}).then(({ origin }) =>
  process.stdout.write(themeNames.map((name) => `${origin}/?theme=${name}\n`).join('')),
);
