/**
 * `npm run bench:dashboard`: processor time of the dashboard's main thread for a message with all of α, as a share of a
 * frame's 16 ms, and for 20,000 logged steps against 2,000. Drawing is left out: without a graphics card it costs what no
 * user pays. What is done for a message is counted in `test/webview/cost.test.ts`.
 */
import type { CDPSession } from 'playwright-core';
import { loggedSteps, longSearch, snapshot } from '../../test/webview/fixtures';
import { useDashboard, type DashboardPage } from '../../test/webview/harness';

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
    const { before, deltas } = longSearch(60);
    const dashboard = await open();
    await dashboard.send(before);
    const each = (await costOf(dashboard, deltas)) / deltas.length;
    console.log(`      ${each.toFixed(1)} ms, ${((100 * each) / 16).toFixed(0)} % of a frame`);
  });

  it('logged steps', async () => {
    const times: number[] = [];
    for (const length of [2000, 20_000]) {
      times.push(await costOf(await open(), [snapshot(loggedSteps(length))]));
    }
    const [few, many] = times as [number, number];
    console.log(
      `      2,000: ${few.toFixed(0)} ms, 20,000: ${many.toFixed(0)} ms, ${(many / few).toFixed(1)}×`,
    );
  });
});
