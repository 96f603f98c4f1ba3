/**
 * `npm run bench:dashboard`: processor time of the dashboard's main thread for a message with all of α, as a share of a
 * frame's 16 ms, and for 20,000 logged steps against 2,000. Drawing is left out: without a graphics card it costs what no
 * user pays. What is done for a message is counted in `test/webview/cost.test.ts`.
 */
import type { CDPSession } from 'playwright-core';
import { middle, snapshot } from '../../test/webview/fixtures';
import { useDashboard, type DashboardPage } from '../../test/webview/harness';
import { fakeRun, fakeTelemetry } from '../../webview/dev/fakeRun';

/** Milliseconds for script, style and layout; unlike a clock they do not run while others are computing. */
async function threadTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  const parts = ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'];
  return metrics.reduce((sum, { name, value }) => (parts.includes(name) ? sum + 1000 * value : sum), 0);
}

/** What sending messages one by one costs, each painted before the next. */
async function costOf(dashboard: DashboardPage, messages: readonly unknown[]): Promise<number> {
  const session = await dashboard.page.context().newCDPSession(dashboard.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await threadTime(session);
  for (const message of messages) await dashboard.send(message);
  return (await threadTime(session)) - before;
}

describe('dashboard', () => {
  const open = useDashboard();

  it('a message with all of α', async () => {
    const log = fakeRun({ epochs: 20 }).filter((event) => event.type !== 'genotype');
    const search = log.slice(0, log.findLastIndex((event) => event.type === 'alpha') + 1);
    const start = search.length - 120;
    const dashboard = await open();
    await dashboard.send(snapshot(search.slice(0, start)));
    const messages = Array.from({ length: 60 }, (_, index) => {
      const until = start + 2 * index + 2;
      const telemetry = fakeTelemetry(search.slice(0, until));
      return { type: 'delta', events: search.slice(until - 2, until), telemetry };
    });
    const each = (await costOf(dashboard, messages)) / messages.length;
    console.log(`      ${each.toFixed(1)} ms, ${((100 * each) / 16).toFixed(0)} % of a frame`);
  });

  it('logged steps', async () => {
    const step = middle.find((event) => event.type === 'step')!;
    const times: number[] = [];
    for (const length of [2000, 20_000]) {
      const steps = Array.from({ length }, (_, index) => ({ ...step, seq: 10 + index, step: index + 1 }));
      times.push(await costOf(await open(), [snapshot([...middle.slice(0, 2), ...steps])]));
    }
    const [few, many] = times as [number, number];
    console.log(
      `      2,000: ${few.toFixed(0)} ms, 20,000: ${many.toFixed(0)} ms, ${(many / few).toFixed(1)}×`,
    );
  });
});
