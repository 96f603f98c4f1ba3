import assert from 'node:assert/strict';
import { formatCell } from '../../src/space/cell/genotype';
import { discretizeCell, softmax } from '../../src/space/cell/alpha';
import { after, deltas, lastAlpha, middle, snapshot } from './fixtures';
import { useDashboard } from './harness';

describe('dashboard: for screen readers', () => {
  const open = useDashboard();

  it('names its parts', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const { page } = dashboard;
    for (const name of [
      'Architecture weights',
      'Current cells',
      'Loss',
      'Accuracy',
      'Entropy of α',
      'Networks',
    ]) {
      assert.equal(await page.getByRole('region', { name, exact: true }).count(), 1, name);
    }
    const progress = page.getByRole('progressbar', { name: 'Progress of the run' });
    assert.match(
      (await progress.getAttribute('aria-valuetext'))!,
      /^Search · epoch 4 of 6 · step 40\/60, \d+\s% · about/,
    );
    assert.ok(Number(await progress.getAttribute('aria-valuenow')) > 0);
    const chart = page.getByRole('img', {
      name: /^Line chart of loss\. Now: train \d\.\d{3}, validation \d\.\d{3}$/,
    });
    assert.equal(await chart.count(), 1);
  });

  it('labels every cell of the grid with edge, operation and value', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const cell = dashboard.page.getByRole('grid', { name: 'Normal cell' }).getByRole('gridcell');
    assert.equal(await cell.count(), 112);
    for (const label of await cell.evaluateAll((cells) =>
      cells.map((element) => element.getAttribute('aria-label')),
    )) {
      assert.match(label!, /^\S+ → \d, \w+, \d\.\d\d(, strongest(, kept in the cell)?)?$/);
    }
  });

  it('gives the cells as text', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const { alpha, space } = lastAlpha(middle);
    const wanted = formatCell(discretizeCell({ ...space, nodes: 4 }, alpha.normal.map(softmax))).map((line) =>
      line.replaceAll('(0)', '(c_{k-2})').replaceAll('(1)', '(c_{k-1})'),
    );
    const graph = dashboard.page.getByRole('img', { name: 'Normal cell' });
    const description = await graph.locator('desc').textContent();
    assert.equal(description, `${wanted.join('; ')}. The output is 2, 3, 4, 5 concatenated.`);
    await dashboard.page.locator('.cells-panel summary').first().click();
    assert.deepEqual(
      await dashboard.page.locator('.cells-panel .cell').first().getByRole('listitem').allTextContents(),
      wanted,
    );
  });

  it('announces changes of state, not steps', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const status = dashboard.page.getByRole('status');
    assert.equal(await status.textContent(), 'mnist-darts: Running, Search');
    await dashboard.page.evaluate(() => {
      window.keptState = { announcements: [] };
      const watch = new MutationObserver(() => {
        (window.keptState!.announcements as unknown[]).push(
          document.querySelector('[role=status]')!.textContent,
        );
      });
      watch.observe(document.querySelector('[role=status]')!, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    for (const delta of deltas(6)) await dashboard.send(delta);
    const stopped = { ...after(middle, { type: 'stopped' }), seq: 100_000 };
    await dashboard.send({ type: 'delta', events: [stopped] });
    assert.deepEqual((await dashboard.keptState())?.announcements, ['mnist-darts: Stopped']);
  });

  it('lets every control be reached by Tab, each with a name', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const names: (string | null | undefined)[] = [];
    for (let presses = 0; presses < 20; presses++) {
      await dashboard.page.keyboard.press('Tab');
      names.push(
        await dashboard.page.evaluate(
          () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
        ),
      );
    }
    const wanted = ['Pause', 'Stop', 'Generate Code', 'Show Log', 'Open config', 'Open run folder'];
    assert.deepEqual(names.slice(0, 6), wanted);
    for (const name of ['Log scale', 'Loss', 'Accuracy', 'Entropy of α', 'As text'])
      assert.ok(names.includes(name), name);
    assert.equal(
      names.filter((name) => name?.startsWith('c_{k-2} → 2, none')).length,
      2,
      'one tab stop a grid',
    );
  });
});
