import assert from 'node:assert/strict';
import { replayRun } from '../../src/protocol/runState';
import { fakeRun, fakeTelemetry, untilEpoch } from '../../webview/dev/fakeRun';
import { fakeTrials } from '../../webview/dev/fakeTrials';
import { bestTrial, lineage, paretoFront } from '../../webview/trials/trials';
import { after, context, snapshot } from './fixtures';
import { useDashboard } from './harness';
import { assertReadable } from './readable';
import { themeNames } from './themes';

const running = fakeTrials({ until: 40 });
const finished = fakeTrials({ trials: 120, space: 'nasbench201', table: true });
const { trials } = replayRun(running);

describe('dashboard: trials', () => {
  const open = useDashboard();

  it('shows trials in place of α, and the best of them in full', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(running));
    const { page } = dashboard;
    const names = await page
      .getByRole('region')
      .evaluateAll((regions) =>
        regions
          .filter((region) => region.checkVisibility())
          .map((region) => document.getElementById(region.getAttribute('aria-labelledby')!)!.textContent),
      );
    const best = bestTrial(trials)!.index + 1;
    const wanted = ['Score by trial', 'Score against cost', 'Trials', `Best: trial ${best}`];
    assert.deepEqual(names, [...wanted, 'Loss', 'Accuracy', 'Strategy and estimator', 'Networks']);
    assert.equal(await page.locator('.position').textContent(), 'Search · trial 41 of 60');
    const facts = await page.locator('.run-header .fact').allTextContents();
    assert.ok(facts.includes('Trials40 of 60'), facts.join());
    assert.ok(facts.some((fact) => fact.startsWith('Best0.') && fact.endsWith(`trial ${best}`)));
    assert.ok(facts.includes('Estimatortraining'));
    assert.equal(await page.getByRole('img', { name: 'Normal cell' }).filter({ visible: true }).count(), 1);
  });

  it('sorts the table by its heads, by keyboard too', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(running));
    const { page } = dashboard;
    const grid = page.getByRole('grid', { name: 'Trials' });
    const column = async (at: number): Promise<number[]> =>
      (await grid.locator(`tbody td:nth-child(${at})`).allTextContents()).map(Number).filter(Number.isFinite);
    const falling = (values: number[]): number[] => [...values].sort((a, b) => b - a);
    const scores = await column(2);
    assert.equal(scores.length, trials.filter(({ score }) => score !== undefined).length);
    assert.deepEqual(scores, falling(scores));
    const head = (name: string) => grid.getByRole('columnheader', { name });
    assert.equal(await head('Score').getAttribute('aria-sort'), 'descending');
    await head('Trial').getByRole('button').focus();
    await page.keyboard.press('Enter');
    await dashboard.painted();
    const indices = await column(1);
    assert.deepEqual(indices, falling(indices));
    assert.equal(await head('Score').getAttribute('aria-sort'), null);
    await page.keyboard.press('Space');
    await dashboard.painted();
    assert.deepEqual(await column(1), indices.reverse());
    assert.deepEqual((await dashboard.keptState())?.order, { key: 'index', descending: false });
  });

  it('moves in the table by arrow keys and shows a trial with its lineage and code', async () => {
    const dashboard = await open({ state: { order: { key: 'index', descending: false } } });
    await dashboard.send(snapshot(running));
    const { page } = dashboard;
    const rows = page.getByRole('grid', { name: 'Trials' }).locator('tbody tr');
    assert.equal(await rows.and(page.locator('[tabindex="0"]')).count(), 1, 'one tab stop');
    await rows.first().focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    const last = trials.at(-1)!;
    assert.equal(
      await page.evaluate(() => (document.activeElement as HTMLElement).dataset.trial),
      `${last.index}`,
    );
    await page.keyboard.press('Enter');
    await dashboard.painted();
    const panel = page.locator('.trial-panel');
    assert.equal(await panel.getByRole('heading', { level: 2 }).textContent(), `Trial ${last.index + 1}`);
    assert.equal(
      await rows.and(page.locator('[aria-selected=true]')).getAttribute('data-trial'),
      `${last.index}`,
    );
    const family = lineage(trials, last.index);
    assert.ok(family.length > 1);
    assert.deepEqual(
      await panel.locator('.lineage li > :first-child').allTextContents(),
      family.map(({ index }) => `Trial ${index + 1}`),
    );
    await panel.getByRole('button', { name: 'Generate code of this trial' }).click();
    const from = { kind: 'trial', index: last.index };
    assert.deepEqual((await dashboard.requests()).at(-1), { type: 'generateFrom', from });
    await panel.getByRole('button', { name: `Trial ${family[1]!.index + 1}`, exact: true }).click();
    await dashboard.painted();
    assert.equal((await dashboard.keptState())?.trial, family[1]!.index);
    await panel.getByRole('button', { name: 'Show the best' }).click();
    await dashboard.painted();
    assert.match((await panel.getByRole('heading', { level: 2 }).textContent())!, /^Best: trial/);
  });

  it('keeps the focus on its row while trials come in', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(running));
    const { page } = dashboard;
    await page.locator('.trials tbody tr').nth(3).focus();
    const at = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.trial);
    const before = await at();
    const more = fakeTrials({ until: 46 }).slice(running.length);
    for (const event of more) await dashboard.send({ type: 'delta', events: [event] });
    assert.equal(await page.locator('.trials tbody tr').count(), 46);
    assert.equal(await at(), before);
  });

  it('says why a trial was rejected or failed', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(running));
    const { page } = dashboard;
    for (const [status, word] of [
      ['rejected', 'Rejected before training: '],
      ['failed', 'Failed: '],
    ] as const) {
      const trial = trials.find((each) => each.status === status)!;
      await page.locator(`.trials tr[data-trial="${trial.index}"]`).click();
      await dashboard.painted();
      assert.equal(await page.locator('.reason').textContent(), word + trial.message);
    }
  });

  it('shows many trials page by page', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(finished));
    const { page } = dashboard;
    const rows = page.locator('.trials tbody tr');
    assert.equal(await rows.count(), 50);
    await page.getByRole('button', { name: 'Show 50 more of 70' }).click();
    await page.getByRole('button', { name: 'Show 20 more' }).click();
    assert.equal(await rows.count(), 120);
    assert.equal(await page.getByRole('button', { name: /^Show \d+ more/ }).count(), 0);
    assert.equal(await page.locator('.charts').isVisible(), true, 'the found network was trained');
  });

  it('draws the Pareto front of the chosen cost, and selects a trial in it by mouse and keyboard', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(running));
    const { page } = dashboard;
    const chart = page.getByRole('group', { name: 'Score against cost' });
    const front = paretoFront(trials, 'parameters');
    const label = (await chart.getByRole('img').getAttribute('aria-label'))!;
    assert.ok(label.startsWith(`Scatter chart of score against cost. ${front.length} of `), label);
    assert.ok(label.includes(`to Trial ${front.at(-1)!.index + 1} with score`), label);
    const before = await dashboard.pixels('Score against cost');
    await page.getByLabel('Cost on the horizontal axis').selectOption({ label: 'Memory, MiB' });
    await dashboard.painted();
    assert.notEqual(await dashboard.pixels('Score against cost'), before);
    assert.equal((await dashboard.keptState())?.cost, 'memoryMiB');
    await chart.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await dashboard.painted();
    const cheapest = paretoFront(trials, 'memoryMiB')[0]!.index;
    assert.equal((await dashboard.keptState())?.trial, cheapest);
    assert.match(
      await chart.locator('[aria-live]').innerText(),
      new RegExp(`^Trial ${cheapest + 1} · .* MiB`),
    );
    const { x, y, width, height } = (await chart.locator('.u-over').boundingBox())!;
    await page.mouse.click(x + width - 2, y + height / 2);
    await dashboard.painted();
    assert.notEqual((await dashboard.keptState())?.trial, cheapest);
  });

  it('lists the layers of a chain and the stages of an MBConv network', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(fakeTrials({ space: 'chain', until: 8 })));
    const { page } = dashboard;
    assert.equal(await page.locator('.chain li').count(), 10);
    assert.equal(await page.getByRole('img', { name: 'Normal cell' }).filter({ visible: true }).count(), 0);
    await dashboard.send(snapshot(fakeTrials({ space: 'mbconv', until: 8 })));
    assert.deepEqual(await page.locator('.stages tbody th').allTextContents(), [
      'Stem',
      '1',
      '2',
      '3',
      '4',
      '5',
      'Head',
    ]);
  });

  it('shows the training of shared weights, and what strategy and estimator report', async () => {
    const dashboard = await open();
    const shared = fakeTrials({ shared: true, until: 0 });
    await dashboard.send(snapshot(shared));
    const { page } = dashboard;
    assert.equal(await page.locator('.position').textContent(), 'Search · training shared weights · epoch 4');
    assert.equal(await page.getByRole('group', { name: 'Loss', exact: true }).isVisible(), true);
    await dashboard.send(snapshot(fakeTrials({ shared: true, until: 30 })));
    for (const name of ['Population mean, strategy', 'Population spread, strategy', 'Spearman, estimator']) {
      assert.equal(await page.getByRole('group', { name, exact: true }).count(), 1, name);
    }
  });

  for (const theme of themeNames) {
    it(`fits every width, names every control and can be read in ${theme}`, async () => {
      const dashboard = await open({ theme });
      const { page } = dashboard;
      await dashboard.send(snapshot(running));
      for (const width of [400, 760, 1000, 1400]) {
        await page.setViewportSize({ width, height: 900 });
        await dashboard.painted();
        const outside = await page.evaluate(() => {
          const limit = document.documentElement.clientWidth;
          return [...document.querySelectorAll('main *')]
            .filter((element) => {
              const { right, width: wide } = element.getBoundingClientRect();
              const clipped = element.closest('.visually-hidden, .u-over, .table-scroll');
              return wide > 0 && right > limit + 1 && (!clipped || element.matches('.table-scroll'));
            })
            .map((element) => `${element.tagName} ${element.getAttribute('class')}`);
        });
        assert.deepEqual(outside, [], `${width} pixels`);
      }
      // Of the page itself: the component library's inner buttons take their names from outside.
      const unnamed = await page.evaluate(
        () =>
          [...document.querySelectorAll('button, select, [tabindex="0"]')].filter(
            (element) =>
              element.checkVisibility() &&
              !(element.getAttribute('aria-label') ?? element.textContent)?.trim(),
          ).length,
      );
      assert.equal(unnamed, 0);
      await assertReadable(page, 300);
    });
  }
});

describe('dashboard: gradient searches of other kinds', () => {
  const open = useDashboard();

  it('warns of a collapse: what happened, what was kept, what to do', async () => {
    const dashboard = await open();
    const log = fakeRun({ collapse: true, guard: true, epochs: 16 });
    const said = log.findLast((event) => event.type === 'collapse')!;
    assert.ok(said.type === 'collapse' && said.stopped && said.keep < said.epoch);
    await dashboard.send(snapshot(log, { context: { ...context, live: false } }));
    const { page } = dashboard;
    const strip = page.getByRole('note');
    const text = (await strip.textContent())!;
    assert.match(text, new RegExp(`${said.skips} skip connections in the normal cell, 2 are allowed`));
    assert.match(
      text,
      new RegExp(`ended with epoch ${said.epoch + 1} and keeps the architecture of epoch ${said.keep + 1}`),
    );
    assert.match(text, /Generate Code/);
    const chart = page.getByRole('group', { name: 'Skip connections by epoch' });
    assert.match(
      (await chart.getByRole('img').getAttribute('aria-label'))!,
      new RegExp(`skip connections of the normal cell ${said.skips}, allowed 2$`),
    );
    await strip.getByRole('button', { name: 'Close notice' }).click();
    await dashboard.painted();
    assert.equal(await strip.count(), 0);
  });

  it('shows the cells of an earlier epoch and asks for their code', async () => {
    const dashboard = await open();
    const log = fakeRun({ epochs: 6 });
    await dashboard.send(snapshot(log));
    const { page } = dashboard;
    const panel = page.locator('.cells-panel');
    const lines = () => panel.locator('.cell').first().locator('.cell-text li').allTextContents();
    const found = await lines();
    await page.getByLabel('Epoch whose cells are shown').selectOption({ label: 'Epoch 2' });
    await dashboard.painted();
    assert.equal(await panel.getByRole('heading', { level: 2 }).textContent(), 'Cells of epoch 2');
    assert.notDeepEqual(await lines(), found);
    await panel.getByRole('button', { name: 'Generate code of this epoch' }).click();
    assert.deepEqual((await dashboard.requests()).at(-1), {
      type: 'generateFrom',
      from: { kind: 'epoch', index: 1 },
    });
  });

  it('has one heat map and one cell for NAS-Bench-201, with edges by their states', async () => {
    const dashboard = await open();
    const log = untilEpoch(fakeRun({ space: 'nasbench201' }), 5);
    await dashboard.send(snapshot(log));
    const { page } = dashboard;
    const grids = page.getByRole('grid').filter({ visible: true });
    assert.equal(await grids.count(), 1);
    assert.equal(await page.getByRole('grid', { name: 'Cell', exact: true }).count(), 1);
    assert.deepEqual(
      await grids
        .locator('tbody th')
        .evaluateAll((heads) => heads.map((head) => head.getAttribute('aria-label'))),
      ['0 → 1', '0 → 2', '1 → 2', '0 → 3', '1 → 3', '2 → 3'],
    );
    assert.equal(await grids.getByRole('gridcell').count(), 30);
    const graph = page.getByRole('img', { name: 'Cell', exact: true });
    assert.equal(await graph.locator('.edge').count(), 6);
    assert.deepEqual(await graph.locator('.node text').allTextContents(), ['0', '1', '2', '3']);
    assert.match((await graph.locator('desc').textContent())!, /The output is 3\.$/);
    assert.equal(await page.locator('.edge-strip h3').textContent(), 'Edge 0→1');
    assert.match(
      (await page.getByRole('img', { name: /^Line chart of entropy/ }).getAttribute('aria-label'))!,
      /entropy \d\.\d\d, ln 5 1\.61$/,
    );
  });

  it('shows β beside the rows of α', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(untilEpoch(fakeRun({ betas: true }), 5)));
    const { page } = dashboard;
    const grid = page.getByRole('grid', { name: 'Normal cell' });
    assert.equal(await grid.getByRole('columnheader', { name: 'β' }).count(), 1);
    const shares = (await grid.locator('.share').allTextContents()).map(Number);
    assert.equal(shares.length, 14);
    // Two edges into the first node, then three, four and five.
    for (const [from, to] of [
      [0, 2],
      [2, 5],
      [5, 9],
      [9, 14],
    ]) {
      const sum = shares.slice(from, to).reduce((all, share) => all + share, 0);
      assert.ok(Math.abs(sum - 1) < 0.03, `${sum}`);
    }
    assert.match(
      (await grid.getByRole('rowheader').first().getAttribute('aria-label'))!,
      /^c_\{k-2\} → 2, β 0\.\d\d$/,
    );
  });

  it('goes back to α when a gradient search follows', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(running));
    const stopped = after(running, { type: 'stopped' });
    await dashboard.send({ type: 'delta', events: [stopped] });
    const next = untilEpoch(fakeRun(), 2);
    await dashboard.send({ type: 'snapshot', events: next, telemetry: fakeTelemetry(next), context });
    assert.equal(await dashboard.page.getByRole('grid', { name: 'Trials' }).isVisible(), false);
    assert.equal(await dashboard.page.getByRole('grid', { name: 'Normal cell' }).isVisible(), true);
  });
});
