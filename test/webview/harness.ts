/**
 * The real bundle of a page in a real Chromium, with VS Code's part played by the test. A console error, an
 * uncaught error or a violation of the page's policy fails the test in which it happens.
 */
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { chromium, type Browser, type LaunchOptions, type Page } from 'playwright-core';
import type { DashboardRequest } from '../../src/protocol/dashboard';
import { startDevServer, type DevServer, type PageName } from '../../webview/dev/server';
import { themes, type FakeTheme, type ThemeName } from './themes';

declare global {
  interface Window {
    requests: DashboardRequest[];
    keptState: Record<string, unknown> | null;
    violations: string[];
    applyTheme(theme: FakeTheme): void;
  }
}

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly state?: unknown;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Puts axe-core into the page. */
  readonly axe?: boolean;
}

/** One open dashboard. */
export class DashboardPage {
  readonly errors: string[] = [];
  /** Set by tests that provoke violations on purpose. */
  violationsExpected = false;

  constructor(readonly page: Page) {
    page.on('console', (message) => {
      if (message.type() === 'error' && !this.violationsExpected) this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  /** Delivers a message of any form as the host would, and waits until it is painted. */
  async send(message: unknown): Promise<void> {
    await this.page.evaluate((data) => window.dispatchEvent(new MessageEvent('message', { data })), message);
    await this.painted();
  }

  /** Waits until everything that is due has been painted: what is scheduled now runs in the next frame. */
  async painted(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }

  async setTheme(theme: ThemeName): Promise<void> {
    await this.page.evaluate((fake) => window.applyTheme(fake), themes[theme]);
    await this.painted();
    await this.painted();
  }

  requests(): Promise<DashboardRequest[]> {
    return this.page.evaluate(() => window.requests);
  }

  keptState(): Promise<Record<string, unknown> | null> {
    return this.page.evaluate(() => window.keptState);
  }

  violations(): Promise<string[]> {
    return this.page.evaluate(() => window.violations);
  }

  /** The pixels of the chart with this name. */
  pixels(chart: string): Promise<string> {
    return this.page
      .getByRole('group', { name: chart, exact: true })
      .locator('canvas')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  }
}

/**
 * Registers the hooks of a suite.
 * @param name which page it is about
 * @returns a function that opens one for the test that calls it
 */
export function useDashboard(
  name: PageName = 'dashboard',
): (options?: OpenOptions) => Promise<DashboardPage> {
  let server: DevServer;
  let browser: Browser;
  let opened: DashboardPage[] = [];
  let options: OpenOptions = {};

  before(async () => {
    const pageOf = () => ({ theme: themes[options.theme ?? 'dark'], state: options.state });
    server = await startDevServer(pageOf, name);
    browser = await chromium.launch(await findChromium());
  });

  afterEach(async () => {
    const pages = opened;
    opened = [];
    const faults: string[] = [];
    for (const dashboard of pages) {
      faults.push(...dashboard.errors);
      if (!dashboard.violationsExpected) faults.push(...(await dashboard.violations()));
      await dashboard.page.close();
    }
    assert.deepEqual(faults, []);
  });

  after(async () => {
    await browser.close();
    await server.close();
  });

  return async (wanted = {}) => {
    options = wanted;
    const page = await browser.newPage({
      viewport: wanted.viewport ?? { width: 1400, height: 900 },
      locale: 'en-US',
    });
    // What never comes is a fault; what comes late is a busy machine.
    page.setDefaultTimeout(600_000);
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        window.violations.push(`${event.effectiveDirective} blocked ${event.blockedURI}`);
      });
    });
    // As a script of the page it would break the page's policy.
    if (wanted.axe) await page.addInitScript({ content: axe.source });
    const dashboard = new DashboardPage(page);
    opened.push(dashboard);
    await page.goto(server.origin);
    await page.waitForFunction(() => window.requests.some((request) => request.type === 'ready'));
    return dashboard;
  };
}

async function findChromium(): Promise<LaunchOptions> {
  // A plain JavaScript module without types, so its address is kept from the compiler.
  const place = new URL('../../scripts/vscode/install.mjs', import.meta.url).href;
  const { ensureChromium } = (await import(place)) as { ensureChromium: () => Promise<LaunchOptions> };
  return ensureChromium();
}
