/** Pictures of one's own on the dashboard of a finished run. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { ClassificationMessage } from '../../src/protocol/classification';
import { fakeRun } from '../../webview/dev/fakeRun';
import { fakeAnswers, fakeClassification } from '../../webview/dev/fakeAnswers';
import { context, events, snapshot } from './fixtures';
import { useDashboard, type DashboardPage, type OpenOptions } from './harness';
import { assertReadable, outsideOf, seriousFaults } from './readable';
import { themeNames } from './themes';

describe('dashboard: pictures of one’s own', () => {
  const open = useDashboard();
  const run = fakeRun({ epochs: 2, stepsPerEpoch: 20 });
  const over = { ...context, live: false };

  /** The dashboard of a finished run, with what is said of pictures. */
  async function finished(
    said: ClassificationMessage | undefined,
    options: OpenOptions = {},
    change: object = {},
  ): Promise<DashboardPage> {
    const dashboard = await open(options);
    await dashboard.send(snapshot(run, { context: { ...over, ...change }, telemetry: undefined }));
    if (said) await dashboard.send(said);
    return dashboard;
  }

  const panel = (page: Page) => page.getByRole('region', { name: 'Your own pictures', exact: true });
  const choose = (page: Page) => page.getByRole('button', { name: 'Classify a Picture…' });

  /** What the page asked for, with bytes as plain numbers. */
  const asked = (page: Page): Promise<unknown[]> =>
    page.evaluate(() =>
      window.requests
        .slice(1)
        .map((request) =>
          request.type === 'classify'
            ? request.pictures.map((picture) =>
                'uri' in picture ? picture.uri : [picture.name, ...(picture.bytes ?? [])],
              )
            : request.type,
        ),
    );

  it('shows each picture as the network sees it and its likeliest classes as bars, the newest first', async () => {
    const { page } = await finished(fakeClassification());
    const items = panel(page).locator('.answers > li');
    assert.equal(await items.count(), 4);
    assert.match(await items.nth(0).innerText(), /icon\.png does not fit.*Take a larger picture/s);
    const first = items.nth(3);
    const table = first.getByRole('table', { name: 'The likeliest classes of photos/plate.jpg' });
    const rows = await table.getByRole('row').evaluateAll((all) => all.map((row) => row.textContent));
    assert.deepEqual(rows.slice(0, 2), ['plate93.1\u00a0%', 'bowl5.1\u00a0%']);
    const shares = await table.locator('.probability').evaluateAll((bars) =>
      bars.map((bar) => {
        const style = getComputedStyle(bar.parentElement!);
        const room =
          bar.parentElement!.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        return bar.getBoundingClientRect().width / room;
      }),
    );
    [0.931, 0.051, 0.011].forEach((share, i) =>
      assert.ok(Math.abs(shares[i]! - share) < 0.02, shares.join()),
    );
    const picture = first.getByRole('img', { name: /plate\.jpg as the network sees it, 32 × 32 pixels/ });
    const drawn = await picture.evaluate((canvas) => [
      ...(canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 32, 32).data,
    ]);
    const told = fakeAnswers[0]!;
    assert.ok(told.kind === 'classified');
    assert.deepEqual(
      drawn.filter((_, i) => i % 4 !== 3),
      [...told.picture.pixels],
    );
    assert.match(await items.nth(1).innerText(), /3024 × 4032 became 32 × 32/);
  });

  it('asks for files with the keyboard alone, says how far it is, and gives up on demand', async () => {
    const dashboard = await finished(undefined);
    const { page } = dashboard;
    const status = panel(page).getByRole('status');
    await choose(page).focus();
    await page.keyboard.press('Enter');
    const none = { whole: false, answers: [] };
    await dashboard.send(fakeClassification({ ...none, progress: { asked: 3, answered: 0 } }));
    const bar = panel(page).getByRole('progressbar', { name: 'Classifying pictures' });
    assert.equal(await bar.getAttribute('value'), null, 'nothing is known before the first answer');
    assert.equal(await status.textContent(), 'Classifying pictures');
    const [first] = fakeAnswers;
    await dashboard.send(
      fakeClassification({ whole: false, answers: [first!], progress: { asked: 3, answered: 1 } }),
    );
    assert.equal(await bar.getAttribute('value'), '1');
    assert.match(await panel(page).innerText(), /1 of 3/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dashboard.send(fakeClassification(none));
    assert.equal(await bar.count(), 0);
    assert.equal(await panel(page).locator('.answers > li').count(), 1);
    assert.equal(await status.textContent(), 'photos/plate.jpg: plate, 93.1\u00a0%');
    assert.deepEqual(await asked(page), ['choosePictures', 'cancelPictures']);
    await page.keyboard.press('Enter');
    assert.equal((await asked(page)).at(-1), 'choosePictures', 'the focus went back to the button');
  });

  /** Drops texts by their type, and files by their names, on the panel. */
  const drop = (page: Page, texts: Record<string, string>, files: Record<string, number[]> = {}) =>
    panel(page).evaluate(
      (element, given) => {
        const dataTransfer = new DataTransfer();
        for (const [type, text] of Object.entries(given.texts)) dataTransfer.setData(type, text);
        for (const [name, bytes] of Object.entries(given.files))
          dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
        const options = { dataTransfer, bubbles: true, cancelable: true };
        const taken = !element.dispatchEvent(new DragEvent('dragover', options));
        const marked = element.querySelector('.dragged') !== null;
        element.dispatchEvent(new DragEvent('drop', options));
        return { taken, marked, after: element.querySelector('.dragged') !== null };
      },
      { texts, files },
    );

  it('takes files that are dropped, from the explorer by address and from outside by their bytes', async () => {
    const { page } = await finished(undefined);
    const uris = ['file:///photos/a%20b.jpg', 'vscode-remote://host/photos/c.png'];
    const dropped = await drop(page, {
      'application/vnd.code.uri-list': uris.join('\r\n'),
      'text/uri-list': uris[0]!,
    });
    assert.deepEqual(dropped, { taken: true, marked: true, after: false });
    await drop(page, { 'text/uri-list': `# a comment\r\n${uris[0]!}` });
    await drop(page, {}, { 'one.png': [1, 2, 255], 'two.png': [] });
    await page.waitForFunction(() => window.requests.length === 5);
    assert.deepEqual(await asked(page), [uris, [uris[0]], [['one.png', 1, 2, 255]], [['two.png']]]);
    await drop(page, { 'text/plain': 'words' });
    await page.waitForFunction(() => document.body.innerText.includes('What was dropped is no file.'));
    assert.equal((await asked(page)).length, 4);
  });

  it('is disabled with the reason where a run has no weights', async () => {
    const weightsLack = { message: 'The run digits has no weights.', hint: 'Run the search again.' };
    const { page } = await finished(undefined, {}, { weightsLack });
    assert.equal(await choose(page).isDisabled(), true);
    assert.match(await panel(page).innerText(), /The run digits has no weights\. Run the search again\./);
    assert.equal((await drop(page, { 'text/uri-list': 'file:///a.png' })).taken, false);
    assert.deepEqual(await asked(page), []);
  });

  it('says why nothing can be answered, where one looks', async () => {
    const failure = { message: 'weights.safetensors: cut short.', hint: 'Copy the run folder again.' };
    const { page } = await finished(fakeClassification({ answers: [], failure }));
    const alert = panel(page).getByRole('alert');
    assert.match(await alert.innerText(), /cut short\. Copy the run folder again\./);
  });

  it('is not there before the run is finished', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    assert.equal(await panel(dashboard.page).count(), 0);
    await dashboard.send(snapshot(events.slice(0, -1), { context: over }));
    assert.equal(await panel(dashboard.page).count(), 0);
  });

  it('shows hostile names as text', async () => {
    const hostile = '<img src=x onerror="window.hacked=1">';
    const answers = fakeAnswers.map((answer) => ({ ...answer, name: hostile }));
    const { page } = await finished(fakeClassification({ answers }));
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.evaluate(() => 'hacked' in window), false);
  });

  for (const theme of themeNames) {
    it(`has nothing serious for axe-core, and text that can be read, in ${theme}`, async () => {
      const said = fakeClassification({ progress: { asked: 5, answered: 2 } });
      const dashboard = await finished(said, { theme, axe: true });
      assert.deepEqual(await seriousFaults(dashboard.page, '.pictures-panel'), []);
      await assertReadable(dashboard.page, 60);
      const lack = { message: 'The run digits has no weights.', hint: 'Run the search again.' };
      await dashboard.send(snapshot(run, { context: { ...over, weightsLack: lack }, telemetry: undefined }));
      assert.deepEqual(await seriousFaults(dashboard.page, '.pictures-panel'), []);
    });
  }

  for (const width of [1400, 400]) {
    it(`fits into ${width} pixels`, async () => {
      const said = fakeClassification({ progress: { asked: 5, answered: 2 } });
      const { page } = await finished(said, { viewport: { width, height: 900 } });
      assert.deepEqual(await outsideOf(page), []);
      const bar = (await page.locator('.probability').last().boundingBox())!;
      const cell = (await page.locator('.likely .bar-cell').last().boundingBox())!;
      assert.ok(cell.width > 50 && bar.height > 5, JSON.stringify({ bar, cell }));
    });
  }

  if (process.env.NAS_SHOTS) {
    for (const theme of themeNames) {
      it(`is photographed in ${theme}`, async () => {
        mkdirSync('out/shots', { recursive: true });
        for (const width of [1400, 400]) {
          const said = fakeClassification({ progress: { asked: 5, answered: 2 } });
          const { page } = await finished(said, { theme, viewport: { width, height: 1100 } });
          await panel(page).screenshot({ path: `out/shots/pictures-${theme}-${width}.png` });
        }
      });
    }
    it('is photographed without weights', async () => {
      const weightsLack = {
        message:
          'The run digits has no weights of its found network: weights.safetensors is not in its folder.',
        hint: 'Runs of earlier versions kept none. Run the search again.',
      };
      const { page } = await finished(undefined, {}, { weightsLack });
      await panel(page).screenshot({ path: 'out/shots/pictures-none.png' });
    });
  }
});
