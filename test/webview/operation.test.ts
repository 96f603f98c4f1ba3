import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { after, context, deltas, events, middle, snapshot } from './fixtures';
import { useDashboard, type DashboardPage } from './harness';

async function drag(dashboard: DashboardPage, over: Locator): Promise<void> {
  const box = (await over.boundingBox())!;
  const { mouse } = dashboard.page;
  await mouse.move(box.x + box.width * 0.3, box.y + 40);
  await mouse.down();
  await mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 3 });
  await mouse.up();
  await dashboard.painted();
}

describe('dashboard: operation by mouse and keyboard', () => {
  const open = useDashboard();

  it('posts what its buttons are for', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    for (const name of ['Pause', 'Stop', 'Generate Code', 'Show Log', 'Open config', 'Open run folder']) {
      await dashboard.page.getByRole('button', { name, exact: true }).click();
    }
    const commands = (await dashboard.requests()).flatMap((request) =>
      request.type === 'command' ? request.command : [],
    );
    assert.deepEqual(commands, ['pause', 'stop', 'generate', 'showLog', 'openConfig', 'openRunFolder']);
  });

  it('resumes a stopped run, by keyboard, and takes nothing for disabled buttons', async () => {
    const dashboard = await open();
    const stopped = [...middle, after(middle, { type: 'stopped' })];
    await dashboard.send(snapshot(stopped, { context: { ...context, live: false } }));
    const { page } = dashboard;
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Resume');
    await page.keyboard.press('Enter');
    const stop = page.getByRole('button', { name: 'Stop', exact: true });
    assert.equal(await stop.isDisabled(), true);
    await stop.click({ force: true });
    assert.deepEqual((await dashboard.requests()).slice(1), [{ type: 'command', command: 'resume' }]);
  });

  it('has one tab stop a grid and moves in it with the arrow keys', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const { page } = dashboard;
    const grid = page.getByRole('grid', { name: 'Normal cell' });
    assert.equal(await grid.locator('[tabindex="0"]').count(), 1);
    const focused = () =>
      page.evaluate(() =>
        document.activeElement?.getAttribute('aria-label')?.split(', ').slice(0, 2).join(' '),
      );
    await grid.locator('[tabindex="0"]').focus();
    assert.equal(await focused(), 'c_{k-2} → 2 none');
    const path: [string, string][] = [
      ['ArrowUp', 'c_{k-2} → 2 none'],
      ['ArrowDown', 'c_{k-1} → 2 none'],
      ['ArrowRight', 'c_{k-1} → 2 max_pool_3x3'],
      ['End', 'c_{k-1} → 2 dil_conv_5x5'],
      ['ArrowRight', 'c_{k-1} → 2 dil_conv_5x5'],
      ['Control+End', '4 → 5 dil_conv_5x5'],
      ['ArrowLeft', '4 → 5 dil_conv_3x3'],
      ['Home', '4 → 5 none'],
      ['Control+Home', 'c_{k-2} → 2 none'],
    ];
    for (const [key, cell] of path) {
      await page.keyboard.press(key);
      assert.equal(await focused(), cell, key);
    }
    assert.equal(await grid.locator('[tabindex="0"]').count(), 1);
    await page.keyboard.press('Tab');
    assert.equal(await page.getByRole('grid', { name: 'Reduction cell' }).locator(':focus').count(), 1);
  });

  for (const key of ['Enter', 'Space']) {
    it(`shows the edge under the cursor with ${key}`, async () => {
      const dashboard = await open();
      await dashboard.send(snapshot());
      const { page } = dashboard;
      const strip = 'Softmax weights of the selected edge';
      const before = await dashboard.pixels(strip);
      await page.getByRole('grid', { name: 'Reduction cell' }).locator('[tabindex="0"]').focus();
      for (let row = 0; row < 4; row++) await page.keyboard.press('ArrowDown');
      await page.keyboard.press(key);
      await dashboard.painted();
      assert.equal(await page.locator('.edge-strip h3').textContent(), 'Edge 2→3, reduction cell');
      const selected = await page
        .locator('tr[aria-selected=true]')
        .evaluateAll((rows) => rows.map((row) => row.querySelector('th')?.getAttribute('aria-label')));
      assert.deepEqual(selected, ['2 → 3']);
      assert.notEqual(await dashboard.pixels(strip), before);
      assert.deepEqual((await dashboard.keptState())?.edge, { kind: 'reduction', index: 4 });
    });
  }

  it('comes back as it was left', async () => {
    const state = {
      runFolder: context.runFolder,
      edge: { kind: 'reduction', index: 5 },
      logScale: true,
      training: 'final:0',
      dismissed: [],
    };
    const dashboard = await open({ state });
    await dashboard.send(snapshot(events));
    const { page } = dashboard;
    assert.equal(await page.locator('tr[aria-selected=true] th').getAttribute('aria-label'), 'c_{k-2} → 4');
    assert.equal(await page.getByRole('checkbox', { name: 'Log scale' }).isChecked(), true);
    assert.equal(await page.getByLabel('Training that is shown').inputValue(), 'final:0');
  });

  it('survives a kept state of another version', async () => {
    const dashboard = await open({ state: { edge: 'first', dismissed: 'all', logScale: 3 } });
    await dashboard.send(snapshot());
    assert.equal(
      await dashboard.page.locator('tr[aria-selected=true] th').getAttribute('aria-label'),
      'c_{k-2} → 2',
    );
  });

  it('keeps the run folder for the next window', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    assert.equal((await dashboard.keptState())?.runFolder, context.runFolder);
  });

  it('switches the loss to a log scale', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const before = await dashboard.pixels('Loss');
    await dashboard.page.getByRole('checkbox', { name: 'Log scale' }).focus();
    await dashboard.page.keyboard.press('Space');
    await dashboard.painted();
    assert.notEqual(await dashboard.pixels('Loss'), before);
    assert.equal((await dashboard.keptState())?.logScale, true);
  });

  it('shows another training on demand', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(events));
    const before = await dashboard.pixels('Accuracy');
    await dashboard.page.getByLabel('Training that is shown').selectOption({ label: 'Random 2' });
    await dashboard.painted();
    assert.notEqual(await dashboard.pixels('Accuracy'), before);
    assert.equal((await dashboard.keptState())?.training, 'baseline:1');
  });

  it('zooms by dragging, stays zoomed while data comes, and resets', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const loss = dashboard.page.getByRole('group', { name: 'Loss', exact: true });
    const whole = await dashboard.pixels('Loss');
    const reset = loss.getByRole('button', { name: 'Reset zoom' });
    assert.equal(await reset.isVisible(), false);
    await drag(dashboard, loss.locator('.u-over'));
    assert.notEqual(await dashboard.pixels('Loss'), whole);
    for (const delta of deltas(2)) await dashboard.send(delta);
    await dashboard.send(snapshot());
    assert.equal(await reset.isVisible(), true);
    await reset.click();
    await dashboard.page.mouse.move(0, 0);
    await dashboard.painted();
    assert.equal(await dashboard.pixels('Loss'), whole);
    assert.equal(await reset.isVisible(), false);
    await drag(dashboard, loss.locator('.u-over'));
    await loss.locator('.u-over').dblclick({ position: { x: 20, y: 20 } });
    await dashboard.painted();
    assert.equal(await dashboard.pixels('Loss'), whole);
    assert.equal(await reset.isVisible(), false);
  });

  it('tells values under the pointer and by arrow keys', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const loss = dashboard.page.getByRole('group', { name: 'Loss', exact: true });
    const tooltip = loss.locator('.tooltip');
    await loss.locator('.u-over').hover();
    assert.match(await tooltip.innerText(), /^epoch \d\.\d\d\ntrain, batch\n\d\.\d{3}\n/);
    await dashboard.page.mouse.move(0, 0);
    await loss.focus();
    await dashboard.page.keyboard.press('Home');
    await dashboard.painted();
    assert.equal(await tooltip.isVisible(), true);
    const first = await loss.locator('[aria-live]').innerText();
    assert.match(first, /^epoch 0\.17, train, batch \d\.\d{3}/);
    await dashboard.page.keyboard.press('ArrowRight');
    assert.notEqual(await loss.locator('[aria-live]').innerText(), first);
    await dashboard.page.keyboard.press('Escape');
    await dashboard.painted();
    assert.equal(await tooltip.isVisible(), false);
  });

  it('closes notices for good, and folds many away', async () => {
    const dashboard = await open();
    const log = [...middle];
    for (let n = 1; n <= 5; n++)
      log.push(after(log, { type: 'notice', level: 'warning', message: `notice ${n}` }));
    await dashboard.send(snapshot(log));
    const { page } = dashboard;
    const notes = page.getByRole('note');
    assert.deepEqual(await notes.locator('.strip-message').allTextContents(), [
      'notice 5',
      'notice 4',
      'notice 3',
    ]);
    await notes.first().getByRole('button', { name: 'Close notice' }).click();
    await dashboard.painted();
    assert.deepEqual(await notes.locator('.strip-message').allTextContents(), [
      'notice 4',
      'notice 3',
      'notice 2',
    ]);
    await page.getByRole('button', { name: 'Show 1 more' }).click();
    assert.equal(await notes.count(), 4);
    await dashboard.send(snapshot(log));
    assert.equal(await notes.count(), 4);
  });
});
