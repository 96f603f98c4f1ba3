import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fakeRun } from '../../webview/dev/fakeRun';
import { fakeTrials } from '../../webview/dev/fakeTrials';
import { after, context, deltas, events, middle, snapshot } from './fixtures';
import { useDashboard } from './harness';
import { assertReadable } from './readable';
import { themeNames } from './themes';

describe('dashboard: look', () => {
  const open = useDashboard();
  const charts = ['Loss', 'Accuracy', 'Entropy of α', 'Softmax weights of the selected edge'];

  it('repaints everything when the theme changes', async () => {
    const dashboard = await open({ theme: 'dark' });
    await dashboard.send(snapshot());
    const seen = charts.map(() => new Set<string>());
    const cells = new Set<string>();
    for (const theme of themeNames) {
      await dashboard.setTheme(theme);
      for (const [index, chart] of charts.entries()) seen[index]!.add(await dashboard.pixels(chart));
      cells.add(
        await dashboard.page
          .locator('td[data-chosen]')
          .first()
          .evaluate((cell) => getComputedStyle(cell).backgroundColor),
      );
    }
    assert.deepEqual(
      seen.map((looks) => looks.size),
      charts.map(() => themeNames.length),
    );
    assert.equal(cells.size, themeNames.length);
  });

  for (const theme of themeNames) {
    it(`is readable in ${theme}: every weight and every text`, async () => {
      const dashboard = await open({ theme });
      const failed = after(events.slice(0, -1), {
        type: 'failed',
        message: 'The worker ran out of memory.',
        hint: 'Lower the batch size.',
      });
      await dashboard.send(
        snapshot([...events.slice(0, -1), failed], { context: { ...context, live: false } }),
      );
      await assertReadable(dashboard.page, 250);
    });
  }

  it('tells lines apart without colour in high contrast', async () => {
    const dashboard = await open({ theme: 'highContrast' });
    await dashboard.send(snapshot());
    const dashes = await dashboard.page
      .locator('.edge-strip .legend line')
      .evaluateAll((lines) => lines.map((line) => line.getAttribute('stroke-dasharray')));
    assert.equal(dashes.length, 8);
    assert.equal(new Set(dashes).size, 8);
    const borders = await dashboard.page
      .locator('.panel')
      .evaluateAll((panels) => panels.map((panel) => getComputedStyle(panel).borderTopColor));
    assert.deepEqual([...new Set(borders)], ['rgb(111, 195, 223)']);
  });

  it('keeps still while values change', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const frame = () =>
      dashboard.page
        .locator('.panel, .panel-head, .legend, .chart, .heatmap, .title-row, .facts, .position-row, td')
        .evaluateAll((elements) =>
          elements.map((element) => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return [x, y, width, height].map(Math.round).join(' ');
          }),
        );
    const before = await frame();
    for (const delta of deltas(8)) {
      await dashboard.send(delta);
      assert.deepEqual(await frame(), before);
    }
  });

  for (const width of [400, 500, 760, 1000, 1400, 1900]) {
    it(`fits into ${width} pixels`, async () => {
      const dashboard = await open({ viewport: { width, height: 900 } });
      await dashboard.send(snapshot(events, { context: { ...context, live: false } }));
      await dashboard.painted();
      const overflow = await dashboard.page.evaluate(() => {
        const limit = document.documentElement.clientWidth;
        const outside = [...document.querySelectorAll('main *')].filter((element) => {
          const { right, width: wide } = element.getBoundingClientRect();
          return wide > 0 && right > limit + 1 && !element.closest('.visually-hidden, .u-over');
        });
        return outside.map((element) => `${element.tagName} ${element.getAttribute('class')}`);
      });
      assert.deepEqual(overflow, []);
    });
  }

  it('follows the font size of VS Code', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const height = () =>
      dashboard.page.locator('.run-header h1').evaluate((heading) => heading.getBoundingClientRect().height);
    const before = await height();
    await dashboard.page.evaluate(() =>
      document.documentElement.style.setProperty('--vscode-font-size', '20px'),
    );
    await dashboard.painted();
    assert.ok((await height()) > before * 1.4);
  });

  it('moves nodes of the cells, unless less motion is wished for', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const duration = () =>
      dashboard.page
        .locator('.cell-drawing .node')
        .first()
        .evaluate((node) => getComputedStyle(node).transitionDuration);
    assert.equal(await duration(), '0.25s');
    await dashboard.page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
    await dashboard.painted();
    assert.equal(await duration(), '0s');
    await dashboard.page.evaluate(() => document.body.classList.remove('vscode-reduce-motion'));
    await dashboard.page.emulateMedia({ reducedMotion: 'reduce' });
    await dashboard.painted();
    assert.equal(await duration(), '0s');
  });

  it('warns of many skip connections, in words and with a sign', async () => {
    const dashboard = await open();
    const log = structuredClone(middle);
    const alpha = log.at(-1)!;
    assert.ok(alpha.type === 'alpha');
    const skips = alpha.normal.map((row) => row.map((_, k) => (k === 3 ? 5 : 0)));
    await dashboard.send(snapshot([...log.slice(0, -1), { ...alpha, normal: skips }]));
    const [normal, reduction] = [
      dashboard.page.locator('.cells-panel .skips').nth(0),
      dashboard.page.locator('.cells-panel .skips').nth(1),
    ];
    assert.equal(await normal.innerText(), '8 skip connections of 8 edges');
    assert.equal(await normal.locator('svg').count(), 1);
    assert.match((await normal.getAttribute('title'))!, /search collapses/);
    assert.equal(await reduction.locator('svg').count(), 0);
  });

  if (process.env.NAS_SHOTS) {
    const pictures = {
      trials: { log: fakeTrials({ until: 52 }), height: 1190 },
      collapse: { log: fakeRun({ collapse: true, guard: true, epochs: 16 }), height: 1330 },
    };
    for (const [name, { log, height }] of Object.entries(pictures)) {
      it(`is photographed for the docs: ${name}`, async () => {
        mkdirSync('docs/images', { recursive: true });
        const dashboard = await open({ viewport: { width: 1400, height } });
        await dashboard.send(snapshot(log));
        await dashboard.page.screenshot({ path: `docs/images/dashboard-${name}.png` });
      });
    }
    for (const theme of themeNames) {
      it(`is photographed in ${theme}`, async () => {
        mkdirSync('out/shots', { recursive: true });
        for (const width of [1400, 500]) {
          for (const [name, log] of [
            ['alpha', undefined],
            ['trials', pictures.trials.log],
          ] as const) {
            const dashboard = await open({ theme, viewport: { width, height: 1190 } });
            await dashboard.send(snapshot(log));
            await dashboard.page.screenshot({ path: `out/shots/${name}-${theme}-${width}.png` });
          }
        }
      });
    }
  }
});
