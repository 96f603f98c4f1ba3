/** The page Look at Data: what it shows, what it asks the host for, and that everybody can use it. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { DataPageRequest, DataState } from '../../src/protocol/dataPage';
import type { PictureQuery } from '../../src/protocol/dataProcess';
import { fakePictures, fakeSummary, stateOf } from '../../webview/dev/fakeData';
import { type DashboardPage, type OpenOptions, useDashboard } from './harness';
import { assertReadable, outsideOf, seriousFaults } from './readable';
import { themeNames } from './themes';

describe('the data page', () => {
  const openPage = useDashboard('data');

  const requests = async (page: Page): Promise<DataPageRequest[]> =>
    (await page.evaluate(() => window.requests)) as unknown as DataPageRequest[];

  const lastQuery = async (page: Page): Promise<PictureQuery> => {
    const asked = (await requests(page)).findLast(({ type }) => type === 'pictures');
    assert.ok(asked?.type === 'pictures');
    return asked.query;
  };

  /** Answers what the page last asked for. */
  const answer = async (data: DashboardPage): Promise<void> =>
    data.send({ type: 'pictures', pictures: fakePictures(await lastQuery(data.page)) });

  async function ready(options: OpenOptions = {}, summary = fakeSummary): Promise<DashboardPage> {
    const data = await openPage(options);
    await data.send(stateOf({ kind: 'ready', summary }));
    await answer(data);
    return data;
  }

  const place = (page: Page) => page.locator('.place').textContent();

  it('shows how many images of each class each split has, and what the files are', async () => {
    const { page } = await ready();
    const rows = page.locator('.class-bars tbody tr');
    const texts = await rows.evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('th, .number')].map((cell) => cell.textContent)),
    );
    assert.deepEqual(texts[0], ['circle', '612', '613', '306', '1,531']);
    assert.deepEqual(texts[3], ['stripe', '31', '30', '15', '76']);
    const widths = await rows
      .first()
      .locator('.part')
      .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().width));
    const bar = (await rows.first().locator('.bar').boundingBox())!;
    widths.forEach((width, i) => assert.ok(Math.abs(width / bar.width - [612, 613, 306][i]! / 1531) < 0.01));
    assert.match(await page.locator('.facts').innerText(), /2,446 in 4 classes/);
    assert.match(await page.locator('.facts').innerText(), /480 × 640 \(912\).* and 58 more/);
  });

  it('draws the pictures of a page to the pixel, and asks for no more than a page', async () => {
    const { page } = await ready();
    assert.deepEqual(await lastQuery(page), { split: 'train', from: 0, count: 60, augmented: 0 });
    assert.equal(await page.locator('.picture').count(), 60);
    assert.equal(await place(page), '1–60 of 979');
    const drawn = await page.locator('canvas').evaluateAll((all) => {
      const canvas = all[5] as HTMLCanvasElement;
      const { width, height } = canvas;
      return { width, height, rgba: [...canvas.getContext('2d')!.getImageData(0, 0, width, height).data] };
    });
    const { pixels } = fakePictures(await lastQuery(page)).pictures[5]!;
    assert.deepEqual([drawn.width, drawn.height], [64, 48]);
    assert.deepEqual(
      drawn.rgba.filter((_, i) => i % 4 !== 3),
      [...pixels],
    );
  });

  it('draws grey pictures, of many channels the first three, and small ones in whole multiples', async () => {
    for (const [channels, wanted] of [
      [1, [7, 7, 7, 255]],
      [2, [7, 7, 7, 255]],
      [4, [7, 8, 9, 255]],
    ] as const) {
      const summary = { ...fakeSummary, height: 9, width: 28, channels };
      const data = await openPage();
      await data.send(stateOf({ kind: 'ready', summary }));
      const query = await lastQuery(data.page);
      const pixels = Uint8Array.from({ length: 9 * 28 * channels }, (_, i) => 7 + (i % channels));
      const picture = { index: 0, label: 0, pixels, augmented: [] };
      await data.send({ type: 'pictures', pictures: { query, total: 1, pictures: [picture] } });
      const canvas = data.page.locator('canvas');
      const rgba = await canvas.evaluate((drawn) => [
        ...(drawn as HTMLCanvasElement).getContext('2d')!.getImageData(27, 8, 1, 1).data,
      ]);
      assert.deepEqual(rgba, wanted);
      const box = (await canvas.boundingBox())!;
      assert.deepEqual([box.width, box.height], [56, 18]);
    }
  });

  it('turns pages by button and key, and takes no page that is no longer wanted', async () => {
    const data = await ready();
    const { page } = data;
    const first = await lastQuery(page);
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    assert.equal((await lastQuery(page)).from, 60);
    await data.send({ type: 'pictures', pictures: fakePictures(first) });
    assert.equal(await place(page), '1–60 of 979', 'the page before is still shown');
    await answer(data);
    assert.equal(await place(page), '61–120 of 979');
    await page.locator('.picture').first().focus();
    await page.keyboard.press('PageUp');
    await answer(data);
    assert.equal(await place(page), '1–60 of 979');
    assert.equal(await page.getByRole('button', { name: 'Previous', exact: true }).isDisabled(), true);
  });

  it('shows one class, one split, and augmented samples beside the originals', async () => {
    const data = await ready();
    const { page } = data;
    await page.getByRole('button', { name: 'triangle' }).first().click();
    await answer(data);
    assert.deepEqual(await lastQuery(page), { split: 'train', label: 2, from: 0, count: 60, augmented: 0 });
    await page.getByRole('checkbox', { name: 'Augmented beside' }).click();
    // The check box tells of its change after the click.
    await page.waitForFunction(() => JSON.stringify(window.requests.at(-1)).includes('"augmented":2'));
    await answer(data);
    assert.equal(await page.locator('.picture').first().locator('canvas').count(), 3);
    assert.match(await page.locator('.pictures-panel').innerText(), /moved by up to 4 pixels, mirrored/);
    await page.getByLabel('Split').selectOption('test');
    await answer(data);
    assert.deepEqual(await lastQuery(page), { split: 'test', label: 2, from: 0, count: 60, augmented: 0 });
    assert.equal(await place(page), '1–48 of 48');
  });

  it('has pictures, duplicates and broken files opened by the host', async () => {
    const { page } = await ready();
    await page.locator('.picture').nth(1).click();
    await page.getByRole('button', { name: 'photos/square/copy of 0004.png' }).press('Enter');
    await page.getByRole('button', { name: 'triangle/IMG_0412.jpg' }).click();
    await page.getByRole('button', { name: 'Open both' }).nth(1).click();
    const posted = await requests(page);
    const opened = posted.flatMap((request) => (request.type === 'openFile' ? [request.file] : []));
    const sideBySide = posted.flatMap((request) => (request.type === 'openFiles' ? [request.files] : []));
    assert.deepEqual(sideBySide, [['/work/photos/circle/0011.jpg', '/work/photos/circle/0011 (1).jpg']]);
    assert.deepEqual(opened, [
      '/work/photos/square/1.png',
      '/work/photos/square/copy.png',
      '/work/photos/triangle/IMG_0412.jpg',
    ]);
    const told = await page.locator('.duplicates-panel').innerText();
    assert.match(
      told,
      /11 images in groups of copies: 7 equal to the byte, 4 nearly so\. 1 image is left out/,
    );
    assert.match(told, /1 image is tested on though a copy trains/);
    assert.match(told, /circle, left out/);
  });

  it('can be used by keyboard alone: the grid is one stop, arrows lead through it', async () => {
    const { page } = await ready();
    const name = () =>
      page.evaluate(() => {
        const active = document.activeElement;
        return active?.getAttribute('aria-label') ?? active?.textContent ?? '';
      });
    const names: string[] = [];
    for (let presses = 0; presses < 24; presses++) {
      await page.keyboard.press('Tab');
      names.push(await name());
    }
    for (const wanted of [
      'Run NAS',
      'Open Config',
      'Look Again',
      'circle',
      'stripe',
      'Split',
      'Class',
      'Next',
    ])
      assert.ok(names.includes(wanted), `${wanted} in ${names.join(', ')}`);
    assert.equal(names.filter((each) => each.includes(', picture ')).length, 1);
    await page.locator('.picture[tabindex="0"]').focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowUp', 'ArrowLeft'])
      await page.keyboard.press(key);
    assert.equal(await name(), 'square, picture 2: open square/1.png');
    await page.keyboard.press('End');
    assert.match(await name(), /picture 60: /);
    await page.keyboard.press('Enter');
    assert.equal((await requests(page)).at(-1)?.type, 'openFile');
  });

  it('comes back as it was left, unless its data has another form by now', async () => {
    const config = '/work/shapes.nas.json';
    const kept = { config, split: 'validation', label: 1, from: 120, augmented: true };
    const data = await ready({ state: kept });
    const query = { split: 'validation', label: 1, from: 120, count: 60, augmented: 2 };
    assert.deepEqual(await lastQuery(data.page), query);
    assert.deepEqual(await data.keptState(), kept);
    const other = await openPage({ state: { ...kept, label: 9, from: 9000 } });
    await other.send(stateOf());
    await answer(other);
    assert.deepEqual(await lastQuery(other.page), {
      ...{ split: 'validation', from: 0, count: 60, augmented: 2 },
    });
  });

  it('says how far loading is, what went wrong and what can be done', async () => {
    const data = await openPage();
    const { page } = data;
    const loading = (fraction: number): DataState => ({
      kind: 'loading',
      step: `Reading pictures: ${4000 * fraction} of 4000`,
      fraction,
    });
    await data.send(stateOf(loading(0.25)));
    await data.send(stateOf(loading(0.5)));
    assert.equal(
      await page.getByRole('progressbar').evaluate((bar) => (bar as HTMLProgressElement).value),
      0.5,
    );
    assert.equal(await page.getByRole('status').textContent(), 'Reading pictures …');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await data.send(stateOf({ kind: 'cancelled' }));
    await page.getByRole('button', { name: 'Load' }).click();
    await data.send(
      stateOf({ kind: 'failed', message: '/work/photos: there is no such folder.', hint: 'Check the path.' }),
    );
    assert.match(await page.getByRole('alert').innerText(), /there is no such folder\.\s+Check the path\./);
    for (const button of ['Open Config', 'Look Again', 'Show Log'])
      await page.getByRole('button', { name: button }).click();
    const commands = (await requests(page)).flatMap((each) =>
      each.type === 'command' ? [each.command] : [],
    );
    assert.deepEqual(commands, ['cancel', 'load', 'openConfig', 'load', 'showLog']);
  });

  it('takes names for text, and says so when a message is none', async () => {
    const name = '<img src=x onerror=alert(1)>';
    const summary = structuredClone(fakeSummary);
    summary.classes[0]!.name = name;
    const data = await ready({}, summary);
    assert.equal(await data.page.locator('.class-bars tbody th').first().textContent(), name);
    assert.equal(await data.page.locator('img').count(), 0);
    await data.send({ type: 'unknown' });
    assert.match(await data.page.getByRole('alert').innerText(), /cannot read/);
  });

  it('shows thousands of classes and pictures without drawing them all', async () => {
    const classes = Array.from({ length: 5000 }, (_, i) => ({
      name: `c${i}`,
      train: 9,
      validation: 9,
      test: 9,
    }));
    const counts = { train: 45_000, validation: 45_000, test: 45_000 };
    const data = await openPage();
    await data.send(stateOf({ kind: 'ready', summary: { ...fakeSummary, classes, counts } }));
    assert.equal(await data.page.locator('.class-bars tbody tr').count(), 500);
    assert.match(await data.page.locator('.classes-panel').innerText(), /and 4,500 more classes/);
    assert.equal((await lastQuery(data.page)).count, 60);
  });

  for (const theme of themeNames) {
    it(`has nothing serious for axe-core, and text that can be read, in ${theme}`, async () => {
      const states: DataState[] = [
        { kind: 'loading', step: 'Reading pictures: 3 of 4', fraction: 0.75 },
        { kind: 'failed', message: 'photos: there is no such folder.', hint: 'Check the path.' },
        { kind: 'ready', summary: fakeSummary },
      ];
      const data = await openPage({ theme, axe: true });
      for (const state of states) {
        await data.send(stateOf(state));
        if (state.kind === 'ready') await answer(data);
        assert.deepEqual(await seriousFaults(data.page), [], state.kind);
      }
      await assertReadable(data.page, 30);
    });
  }

  for (const width of [1400, 700, 400]) {
    it(`fits into ${width} pixels`, async () => {
      const { page } = await ready({ viewport: { width, height: 900 }, state: { augmented: true } });
      assert.deepEqual(await outsideOf(page), []);
      const ends = await page
        .locator('.class-bars tr')
        .evaluateAll((rows) =>
          rows.map((row) =>
            [...row.querySelectorAll('.number')].map((cell) =>
              Math.round(cell.getBoundingClientRect().right),
            ),
          ),
        );
      for (const row of ends) assert.deepEqual(row, ends[0], 'columns stand under their titles');
      const bar = (await page.locator('.bar').first().boundingBox())!;
      assert.ok(bar.width > 50 && bar.height > 3, JSON.stringify(bar));
    });
  }

  if (process.env.NAS_SHOTS) {
    for (const theme of themeNames) {
      it(`is photographed in ${theme}`, async () => {
        mkdirSync('out/shots', { recursive: true });
        for (const width of [1400, 700, 400]) {
          const state = { augmented: width === 700 };
          const { page } = await ready({ theme, viewport: { width, height: 1100 }, state });
          await page.screenshot({ path: `out/shots/data-${theme}-${width}.png` });
        }
      });
    }
    it('is photographed for the docs', async () => {
      mkdirSync('docs/images', { recursive: true });
      const { page } = await ready({ viewport: { width: 1400, height: 900 } });
      await page.screenshot({ path: 'docs/images/data-page.png' });
    });
  }
});
