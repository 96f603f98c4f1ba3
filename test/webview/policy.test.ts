import assert from 'node:assert/strict';
import { snapshot } from './fixtures';
import { useDashboard } from './harness';

describe('dashboard: content security policy', () => {
  const open = useDashboard();

  it('is kept by the dashboard itself, whatever is done with it', async () => {
    const dashboard = await open();
    await dashboard.send(snapshot());
    const { page } = dashboard;
    await page.getByRole('checkbox', { name: 'Log scale' }).click();
    await page.locator('.u-over').first().hover();
    await page.locator('table[data-kind=reduction] td').nth(20).click();
    await dashboard.setTheme('light');
    assert.deepEqual(await dashboard.violations(), []);
  });

  const attacks: Record<string, { attack: () => unknown; blocked: RegExp }> = {
    'an inline script': {
      attack: () => {
        const script = document.createElement('script');
        script.textContent = 'window.hacked = 1';
        document.body.append(script);
      },
      blocked: /^script-src-elem blocked inline/,
    },
    'an event handler in markup': {
      attack: () => {
        const button = document.createElement('button');
        button.setAttribute('onclick', 'window.hacked = 1');
        document.body.append(button);
        button.click();
      },
      blocked: /^script-src-attr blocked inline/,
    },
    'a script of the same host without the nonce': {
      attack: () => {
        const script = document.createElement('script');
        script.src = '/webview.js';
        document.body.append(script);
      },
      blocked: /^script-src-elem blocked http/,
    },
    'code out of a string': {
      attack: () => {
        // In a task of its own: what a debugger evaluates may do this.
        setTimeout(() => {
          try {
            Reflect.construct(Function, ['window.hacked = 1']);
          } catch {
            // What counts is the violation that is reported.
          }
        });
      },
      blocked: /^script-src blocked eval/,
    },
    'an inline style': {
      attack: () => {
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        document.head.append(style);
      },
      blocked: /^style-src-elem blocked inline/,
    },
    'a request to anywhere': {
      attack: () => fetch('/elsewhere').catch(() => undefined),
      blocked: /^connect-src blocked http/,
    },
  };
  for (const [name, { attack, blocked }] of Object.entries(attacks)) {
    it(`blocks ${name}`, async () => {
      const dashboard = await open();
      dashboard.violationsExpected = true;
      await dashboard.send(snapshot());
      await dashboard.page.evaluate(attack);
      await dashboard.page.waitForFunction(() => window.violations.length > 0);
      const violations = await dashboard.violations();
      assert.equal(violations.length, 1);
      assert.match(violations[0]!, blocked);
      assert.equal(await dashboard.page.evaluate(() => 'hacked' in window), false);
    });
  }
});
