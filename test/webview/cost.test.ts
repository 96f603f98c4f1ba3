import assert from 'node:assert/strict';
import type { CDPSession } from 'playwright-core';
import { fakeRun, fakeTelemetry } from '../../webview/dev/fakeRun';
import { deltas, middle, snapshot } from './fixtures';
import { useDashboard, type DashboardPage } from './harness';

/**
 * Processor time of the page's main thread for script, style and layout, in milliseconds: unlike a clock it does not
 * run while others are computing. Drawing is left out: without a graphics card it costs what no user pays.
 */
async function threadTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  const parts = ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'];
  return metrics.reduce((sum, { name, value }) => (parts.includes(name) ? sum + 1000 * value : sum), 0);
}

async function measure(dashboard: DashboardPage): Promise<CDPSession> {
  const session = await dashboard.page.context().newCDPSession(dashboard.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

describe('dashboard: cost', () => {
  const open = useDashboard();

  it('spends less than 12 of a frame’s 16 ms on a delta with all of α', async () => {
    const log = fakeRun({ epochs: 20 }).filter((event) => event.type !== 'genotype');
    const search = log.slice(0, log.findLastIndex((event) => event.type === 'alpha') + 1);
    const start = search.length - 120;
    const dashboard = await open();
    await dashboard.send(snapshot(search.slice(0, start)));
    const messages = Array.from({ length: 60 }, (_, index) => {
      const until = start + 2 * index + 2;
      return {
        type: 'delta',
        events: search.slice(until - 2, until),
        telemetry: fakeTelemetry(search.slice(0, until)),
      };
    });
    const session = await measure(dashboard);
    const before = await threadTime(session);
    await dashboard.page.evaluate(async (frames) => {
      for (const data of frames) {
        window.dispatchEvent(new MessageEvent('message', { data }));
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      }
    }, messages as never[]);
    const each = ((await threadTime(session)) - before) / messages.length;
    assert.ok(each < 12, `${each.toFixed(1)} ms`);
  });

  it('draws 20,000 logged steps in less than 500 ms', async () => {
    const dashboard = await open();
    const step = middle.find((event) => event.type === 'step')!;
    const steps = Array.from({ length: 20_000 }, (_, index) => ({
      ...step,
      seq: 10 + index,
      step: index + 1,
      loss: 2 / (1 + index / 1000),
    }));
    const alpha = middle.find((event) => event.type === 'alpha')!;
    const message = snapshot([...middle.slice(0, 2), ...steps, { ...alpha, seq: 30_000 }]);
    await dashboard.page.evaluate((data) => {
      window.keptState = { data };
    }, message as never);
    const session = await measure(dashboard);
    const before = await threadTime(session);
    await dashboard.page.evaluate(() =>
      window.dispatchEvent(new MessageEvent('message', { data: window.keptState!.data })),
    );
    await dashboard.painted();
    const spent = (await threadTime(session)) - before;
    assert.equal(await dashboard.page.locator('table[data-kind=normal] td').count(), 112);
    assert.ok(spent < 500, `${spent.toFixed(0)} ms`);
  });

  it('paints once a frame, however many messages come', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const drawn = await dashboard.page.evaluate(
      async (messages) => {
        let count = 0;
        const { clearRect } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.clearRect = function (...box) {
          count++;
          clearRect.apply(this, box);
        };
        for (const data of messages) window.dispatchEvent(new MessageEvent('message', { data }));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return count;
      },
      deltas(12) as never[],
    );
    assert.equal(drawn, 4, 'each of the four charts once');
  });
});
