import assert from 'node:assert/strict';
import { fakeRun } from '../../webview/dev/fakeRun';
import { context, middle, snapshot } from './fixtures';
import { useDashboard } from './harness';
import { assertReadable } from './readable';
import { themeNames } from './themes';

describe('dashboard: verdict', () => {
  const open = useDashboard();
  const finished = (found: number, random: readonly number[]) =>
    snapshot(fakeRun({ epochs: 4, stepsPerEpoch: 40, found, random }), {
      context: { ...context, live: false },
    });
  const lost = finished(0.64, [0.78, 0.79, 0.806]);

  it('stands at the top, above the fold of a small window, with the numbers and what to do', async () => {
    for (const viewport of [
      { width: 400, height: 600 },
      { width: 1400, height: 500 },
    ]) {
      const { page, send } = await bound({ viewport });
      await send(lost);
      const strip = page.getByRole('region', { name: 'Lost to random by 15 points' });
      assert.match(await strip.locator('.verdict-why').innerText(), /64\.0 % of 2,000 .* 79\.2 % on average/);
      assert.match(await strip.locator('.verdict-next').innerText(), /^This network is no better/);
      const box = (await strip.boundingBox())!;
      assert.ok(box.y + box.height <= viewport.height, `ends at ${box.y + box.height}`);
      const order = await page
        .locator('.dashboard > *')
        .evaluateAll((parts) => parts.map((part) => part.className.split(' ')[0]));
      assert.deepEqual(order.slice(0, 2), ['run-header', 'strip']);
    }
  });

  it('is green only for a search that beat random networks, and puts Generate Code forward only where it may', async () => {
    const green = 'rgb(137, 209, 133)';
    const cases = [
      { message: finished(0.984, [0.962, 0.971, 0.9575]), tone: 'good', primary: true },
      { message: lost, tone: 'bad', primary: false },
      { message: finished(0.11, []), tone: 'bad', primary: false },
      { message: finished(0.79, [0.792]), tone: 'doubtful', primary: false },
      { message: finished(0.98, []), tone: 'neutral', primary: true },
    ];
    const { page, send } = await bound();
    for (const { message, tone, primary } of cases) {
      await send(message);
      assert.equal(await page.locator('.verdict').getAttribute('data-tone'), tone);
      const colours = await page
        .locator('.state .icon, .verdict > .icon')
        .evaluateAll((icons) => icons.map((icon) => getComputedStyle(icon).stroke));
      const bar = await page.locator('.bar').evaluate((element) => getComputedStyle(element).backgroundColor);
      for (const colour of [...colours, bar])
        assert.equal(colour === green, tone === 'good', `${tone}: ${colour}`);
      const generate = page.getByRole('button', { name: 'Generate Code', exact: true });
      assert.equal(await generate.isEnabled(), true);
      assert.equal(await page.locator('.buttons .button[appearance=primary]').count(), Number(primary));
    }
  });

  it('says what the check of the generated code came to, under what it says of the search', async () => {
    const { page, send } = await bound();
    await send(finished(0.984, [0.962, 0.971, 0.9575]));
    const said = await page.locator('.verdict-proof').innerText();
    assert.equal(said, 'Checked in TensorFlow 2.21.0: 1,968 of 2,000 right, all predictions equal.');
  });

  it('says before all else that the generated code is another network', async () => {
    const { page, send } = await bound();
    const log = fakeRun({ epochs: 4, stepsPerEpoch: 40, differing: 7 });
    await send(snapshot(log, { context: { ...context, live: false } }));
    const strip = page.getByRole('region', { name: 'The generated code failed its check' });
    assert.equal(await strip.getAttribute('data-tone'), 'bad');
    assert.match(await strip.locator('.verdict-why').innerText(), /2\.21\.0.* 7 /);
    assert.match(await strip.locator('.verdict-proof').innerText(), /^Apart from that: /);
    // It is known before the random networks are trained, and stands there from then on.
    const known = log.findIndex(({ type }) => type === 'proof');
    await send(snapshot(log.slice(0, known + 1)));
    assert.equal(await strip.isVisible(), true);
  });

  it('is announced with the end, and absent before it', async () => {
    const { page, send } = await bound();
    await send(snapshot(middle));
    assert.equal(await page.locator('.verdict').isVisible(), false);
    await send(lost);
    assert.equal(
      await page.locator('.run-header [role=status]').textContent(),
      'mnist-darts: Finished, lost to random by 15 points',
    );
  });

  for (const theme of themeNames) {
    it(`is readable in ${theme}, whatever it says`, async () => {
      const { page, send } = await bound({ theme });
      for (const message of [lost, finished(0.79, [0.792]), finished(0.98, []), finished(0.984, [0.96])]) {
        await send(message);
        await assertReadable(page, 250);
      }
    });
  }

  async function bound(options: Parameters<typeof open>[0] = {}) {
    const dashboard = await open(options);
    return { page: dashboard.page, send: (message: unknown) => dashboard.send(message) };
  }
});
