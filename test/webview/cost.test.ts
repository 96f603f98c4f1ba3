/** What the dashboard does for a message, counted; how long that takes is measured by `npm run bench:dashboard`. */
import assert from 'node:assert/strict';
import { deltas, loggedSteps, longSearch, middle, snapshot } from './fixtures';
import { useDashboard, type DashboardPage } from './harness';

/** Work of a page since it was last asked. */
interface Work {
  /** Times that a canvas was drawn anew. */
  paints: number;
  /** Calls that draw: lines, rectangles, texts. */
  drawCalls: number;
  /** Nodes that were added to or removed from the page. */
  nodes: number;
  /** Attributes and texts that were changed. */
  values: number;
}

declare global {
  interface Window {
    work: Work;
  }
}

/** Counts from now on. */
async function count(dashboard: DashboardPage): Promise<void> {
  await dashboard.page.evaluate(() => {
    const work = (window.work = { paints: 0, drawCalls: 0, nodes: 0, values: 0 });
    const methods = ['clearRect', 'lineTo', 'fillRect', 'rect', 'fillText', 'stroke', 'fill'] as const;
    // Functions with names would ask for a helper that the page does not have.
    for (const name of methods) {
      const original = CanvasRenderingContext2D.prototype[name] as (...args: unknown[]) => void;
      (CanvasRenderingContext2D.prototype[name] as unknown) = function (
        this: CanvasRenderingContext2D,
        ...args: unknown[]
      ) {
        if (name === 'clearRect') work.paints++;
        else work.drawCalls++;
        original.apply(this, args);
      };
    }
    // A path may be made apart from the canvas that draws it.
    const line = Path2D.prototype.lineTo;
    Path2D.prototype.lineTo = function (x, y) {
      work.drawCalls++;
      line.call(this, x, y);
    };
    new MutationObserver((records) => {
      for (const { type, addedNodes, removedNodes } of records) {
        if (type === 'childList') work.nodes += addedNodes.length + removedNodes.length;
        else work.values++;
      }
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
}

/** What was counted until everything is painted. */
async function counted(dashboard: DashboardPage): Promise<Work> {
  await dashboard.painted();
  return dashboard.page.evaluate(() => window.work);
}

describe('dashboard: cost', () => {
  const open = useDashboard();

  it('does bounded work on a delta with all of α, and makes no table anew', async () => {
    const { before, deltas: messages } = longSearch(60);
    const dashboard = await open();
    await dashboard.send(before);
    const cells = await dashboard.page.locator('table td').count();
    await count(dashboard);
    for (const message of messages) await dashboard.send(message);
    const work = await counted(dashboard);
    console.log(`      ${JSON.stringify(work)} for ${messages.length} messages, ${cells} cells of tables`);
    assert.ok(cells > 0);
    assert.ok(work.paints > 0 && work.paints <= 4 * messages.length, `${work.paints} paints`);
    // Lines are drawn as far as there are pixels for them, not for every step of the log.
    assert.ok(work.drawCalls <= 1500 * work.paints, `${work.drawCalls} calls that draw`);
    assert.ok(work.values > 0);
    // A cell of a heat map has a colour, a text and a label.
    assert.ok(work.values <= 4 * cells * messages.length, `${work.values} values`);
    assert.ok(work.nodes < cells * messages.length, `${work.nodes} nodes`);
  });

  it('draws 20,000 logged steps with hardly more calls than 2,000', async () => {
    const alpha = middle.find((event) => event.type === 'alpha')!;
    const drawn = async (length: number): Promise<Work> => {
      const dashboard = await open();
      await count(dashboard);
      await dashboard.send(snapshot([...loggedSteps(length), { ...alpha, seq: 30_000 }]));
      const work = await counted(dashboard);
      assert.equal(await dashboard.page.locator('table[data-kind=normal] td').count(), 112);
      return work;
    };
    const [few, many] = [await drawn(2000), await drawn(20_000)];
    console.log(`      2,000 steps: ${JSON.stringify(few)}, 20,000: ${JSON.stringify(many)}`);
    assert.ok(few.drawCalls > 100);
    assert.ok(many.drawCalls < 2 * few.drawCalls, `${many.drawCalls} calls against ${few.drawCalls}`);
    assert.equal(many.paints, few.paints);
    assert.ok(many.nodes < 1.2 * few.nodes, `${many.nodes} nodes against ${few.nodes}`);
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
