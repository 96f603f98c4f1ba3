import assert from 'node:assert/strict';
import { fakeRun } from '../../webview/dev/fakeRun';
import { snapshot } from './fixtures';
import { useDashboard } from './harness';
import { assertReadable } from './readable';
import { themeNames } from './themes';

const runOf = (classes: number) => fakeRun({ classes, epochs: 2, stepsPerEpoch: 20 });

describe('dashboard: test images by class', () => {
  const open = useDashboard();

  it('has the matrix, the table of classes and the worst pictures, each named', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(runOf(10)));
    const panel = dashboard.page.getByRole('region', { name: 'Test images by class', exact: true });
    const matrix = panel.getByRole('table', { name: 'Confusion matrix' });
    assert.equal(await matrix.getByRole('row').count(), 11);
    const cell = matrix.locator('tbody td').first();
    assert.match((await cell.getAttribute('title'))!, /^T-shirt\/top recognized: \d+$/);
    const rows = panel.locator('.class-table tbody tr');
    assert.equal(await rows.count(), 10);
    assert.match((await rows.first().textContent())!, /^T-shirt\/top20[\d.]+\s%[\d.]+\s%[\d.]+\s%$/);
    const pictures = panel.getByRole('img', { name: /^Test image [\d,]+: .+, taken for .+$/ });
    assert.equal(await pictures.count(), 12);
    const colours = await pictures.first().evaluate((canvas) => {
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 28, 28);
      return new Set(data).size;
    });
    assert.ok(colours > 200, 'noise has most of the 256 values');
  });

  it('is reached and scrolled with the keyboard alone, and shows all pictures on demand', async () => {
    const dashboard = await open({ viewport: { width: 700, height: 900 } });
    await dashboard.send(snapshot(runOf(300)));
    const { page } = dashboard;
    const scroll = page.getByRole('group', { name: 'Confusion matrix' });
    await scroll.focus();
    await page.keyboard.press('Tab');
    assert.equal(
      await page
        .getByRole('group', { name: 'Precision and recall by class' })
        .evaluate((e) => e === document.activeElement),
      true,
    );
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dashboard.painted();
    assert.equal(await page.locator('.worst-pictures canvas').count(), 50);
    assert.equal(
      await page
        .locator('.worst-pictures li')
        .nth(12)
        .evaluate((e) => e === document.activeElement),
      true,
    );
  });

  it('draws 300 classes as the 30 most mistaken ones and all others, and lists all', async () => {
    const dashboard = await open({ viewport: { width: 400, height: 900 } });
    await dashboard.send(snapshot(runOf(300)));
    const { page } = dashboard;
    assert.equal(await page.locator('.confusion tbody tr').count(), 31);
    assert.equal(await page.locator('.class-table tbody tr').count(), 300);
    assert.match(
      (await page.locator('.class-note').textContent())!,
      /^The 30 of 300 classes with the most mistakes\. /,
    );
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wider <= 0, 'the page itself does not scroll sideways');
  });

  for (const theme of themeNames) {
    it(`is readable in ${theme}`, async () => {
      const dashboard = await open({ theme });
      await dashboard.send(snapshot(runOf(300)));
      await assertReadable(dashboard.page, 250);
    });
  }

  it('is not there before the found network is judged', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot(runOf(10).filter(({ type }) => type !== 'network')));
    assert.equal(await dashboard.page.getByRole('region', { name: 'Test images by class' }).count(), 0);
  });
});
