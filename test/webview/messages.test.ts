import assert from 'node:assert/strict';
import { discretize, softmax } from '../../src/space/cell/alpha';
import { after, context, deltas, events, lastAlpha, middle, snapshot } from './fixtures';
import { useDashboard } from './harness';

describe('dashboard: messages', function () {
  const open = useDashboard();

  it('asks for its data and shows that it waits', async () => {
    const dashboard = await open();
    assert.deepEqual(await dashboard.requests(), [{ type: 'ready' }]);
    assert.equal(await dashboard.page.locator('main').innerText(), 'Loading the run …');
  });

  it('is friendly before the first run', async () => {
    const dashboard = await open();
    await dashboard.send({ type: 'snapshot', events: [] });
    assert.equal(
      await dashboard.page.getByRole('heading', { level: 1 }).innerText(),
      'No search has run yet',
    );
    await dashboard.page.getByRole('button', { name: 'Run NAS' }).click();
    assert.deepEqual((await dashboard.requests()).slice(1), [{ type: 'command', command: 'run' }]);
    await dashboard.send(snapshot());
    assert.equal(await dashboard.page.getByRole('heading', { level: 1 }).innerText(), 'mnist-darts');
  });

  it('draws a whole run from one snapshot', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(events, { context: { ...context, live: false } }));
    const { page } = dashboard;
    assert.match(await page.locator('.position').innerText(), /^Found network: 98\.4\s% on the test split/);
    const { alpha } = lastAlpha(events);
    for (const kind of ['normal', 'reduction'] as const) {
      const shown = await page
        .locator(`table[data-kind=${kind}] tbody tr`)
        .evaluateAll((rows) =>
          rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)),
        );
      assert.deepEqual(
        shown,
        alpha[kind].map((row) => softmax(row).map((weight) => weight.toFixed(2))),
      );
    }
    const networks = await page
      .locator('table.networks tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.textContent));
    assert.deepEqual(networks[0], 'Found network98.4\u00a0%212,45838.2\u00a0M');
    assert.equal(networks.length, 3);
  });

  it('marks in the grid and draws in the graph what discretization gives', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const { page } = dashboard;
    const { alpha, space } = lastAlpha(middle);
    const genotype = discretize(
      { ...space, nodes: 4 },
      { normal: alpha.normal.map(softmax), reduction: alpha.reduction.map(softmax) },
    );
    for (const kind of ['normal', 'reduction'] as const) {
      const kept = await page
        .locator(`table[data-kind=${kind}] tr[data-kept] td[data-chosen]`)
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('aria-label')));
      assert.equal(kept.length, 8);
      for (const label of kept) assert.match(label!, /, strongest, kept in the cell$/);
      const drawn = await page.locator(`svg[data-kind=${kind}] .label title`).allTextContents();
      const wanted = genotype[kind].nodes.flat().map(({ operation }) => operation);
      assert.deepEqual(drawn.map((title) => title.split(':')[0]!).sort(), wanted.sort());
    }
  });

  it('moves heat map, lines and header with every delta', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const charts = ['Loss', 'Accuracy', 'Entropy of α', 'Softmax weights of the selected edge'];
    const look = async () => ({
      grid: await dashboard.page.locator('table[data-kind=normal] tbody').innerText(),
      position: await dashboard.page.locator('.position').innerText(),
      charts: await Promise.all(charts.map((chart) => dashboard.pixels(chart))),
    });
    const before = await look();
    for (const delta of deltas(8)) await dashboard.send(delta);
    const later = await look();
    assert.notEqual(later.grid, before.grid);
    assert.notEqual(later.position, before.position);
    charts.forEach((chart, index) => assert.notEqual(later.charts[index], before.charts[index], chart));
  });

  it('ignores events that it has already', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const before = await dashboard.pixels('Loss');
    await dashboard.send({ type: 'delta', events: middle.slice(-4) });
    assert.equal(await dashboard.pixels('Loss'), before);
  });

  it('drops what a resume supersedes', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const first = middle.slice(0, middle.findLastIndex((event) => event.type === 'epoch') + 2);
    const grid = dashboard.page.locator('table[data-kind=normal] tbody');
    await dashboard.send({
      type: 'delta',
      events: [after(middle, { type: 'resumed', keep: first.at(-1)!.seq, engine: 'fused engine 1' })],
    });
    const resumed = await grid.innerText();
    await dashboard.send(snapshot(first));
    assert.equal(await grid.innerText(), resumed);
  });

  it('starts over when another run begins', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    await dashboard.send({ type: 'delta', events: events.slice(0, 2), context });
    assert.match(await dashboard.page.locator('.position').innerText(), /epoch 1 of 6 · step 0\/60/);
    assert.equal(await dashboard.page.locator('.alpha-panel .waiting').isVisible(), true);
  });

  it('shows a plain strip for a message that it cannot read, and goes on', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const broken = { ...middle.at(-2)!, loss: 'low' };
    for (const message of [{ type: 'delta', events: [broken] }, { type: 'nonsense' }, null, 'text', 7]) {
      await dashboard.send(message);
    }
    const strip = dashboard.page.getByRole('alert');
    assert.match(await strip.innerText(), /cannot read/);
    const problems = (await dashboard.requests()).filter((request) => request.type === 'problem');
    assert.equal(problems.length, 5);
    assert.match(problems[0]!.message, /events\.0\.loss/);
    assert.equal(await dashboard.page.locator('table[data-kind=normal] td').count(), 112);
    await strip.getByRole('button', { name: 'Show log' }).click();
    assert.deepEqual((await dashboard.requests()).at(-1), { type: 'command', command: 'showLog' });
    await dashboard.send(snapshot());
    assert.equal(await strip.count(), 0, 'a whole new state clears the strip');
  });

  it('shows a strip even when the very first message is broken', async () => {
    const dashboard = await open();
    await dashboard.send({ type: 'snapshot', events: [{}] });
    assert.match(await dashboard.page.getByRole('alert').innerText(), /cannot read/);
  });

  it('says so when α does not fit the search space', async () => {
    const dashboard = await open();
    const odd = { ...middle.at(-1)!, normal: [[0, 1]] };
    await dashboard.send(snapshot([...middle.slice(0, 3), odd]));
    assert.match(
      await dashboard.page.locator('.alpha-panel .waiting').innerText(),
      /does not fit its search space/,
    );
  });

  it('shows hostile names as text', async () => {
    const dashboard = await open();
    const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const [run, ...rest] = middle;
    assert.ok(run?.type === 'run');
    const space = {
      ...run.space,
      operations: run.space.operations.map((name, k) => (k === 7 ? hostile : name)),
    };
    const log = [
      { ...run, name: hostile, data: hostile, strategy: hostile, engine: hostile, space },
      ...rest,
    ];
    const notice = after(middle, { type: 'notice', level: 'warning', message: hostile });
    const failed = after([...middle, notice], { type: 'failed', message: hostile, hint: hostile });
    await dashboard.send(snapshot([...log, notice, failed], { context: { ...context, runFolder: hostile } }));
    const { page } = dashboard;
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), hostile);
    assert.equal(await page.locator('main img, main script').count(), 0);
    assert.equal(await page.evaluate(() => 'hacked' in window), false);
  });
});
