/** What the suite may ask of the person at the screen. Every action waits for what it needs to be there, with a limit. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** @typedef {import('playwright-core').Page} Page */
/**
 * @typedef {object} Target an element of the workbench, or of the webview that is on show
 * @property {'workbench' | 'webview'} where
 * @property {string} selector as Playwright takes it
 * @property {string} [hasText]
 * @property {number} [index] which of several, from 0
 * @property {number} [timeout] ms
 */

const LIMIT = 600_000;
const ROWS = '.quick-input-list .monaco-list-row';
const INPUT = '.quick-input-widget .quick-input-box input';

/**
 * @param {Page} page
 * @param {string} shots folder for screenshots, created with the first
 */
export function createUser(page, shots) {
  /** @param {Target} target */
  const locate = ({ where, selector, hasText, index }) => {
    const webview = () =>
      page
        .locator('iframe.webview.ready')
        .filter({ visible: true })
        .contentFrame()
        .frameLocator('#active-frame');
    const all = (where === 'webview' ? webview() : page).locator(
      selector,
      hasText === undefined ? {} : { hasText },
    );
    return index === undefined ? all : all.nth(index);
  };

  /** @param {string} label */
  const row = (label) =>
    page.locator(ROWS).filter({ has: page.locator('.label-name').getByText(label, { exact: true }) });

  return {
    /** @param {{ title: string, timeout?: number }} wanted a command as the palette shows it */
    async palette({ title, timeout = LIMIT }) {
      // An open palette does not learn of commands that are enabled after it opened, so it is opened anew.
      for (const end = Date.now() + timeout; ;) {
        await page.keyboard.press('F1');
        try {
          // A webview that has the focus may swallow the key.
          await page.locator(INPUT).fill(`>${title}`, { timeout: Math.min(3000, timeout) });
          await row(title).click({ timeout: Math.min(3000, timeout) });
          return;
        } catch (error) {
          const offered = await page.locator(ROWS).allInnerTexts();
          await page.keyboard.press('Escape');
          if (Date.now() > end)
            throw new Error(
              `The palette does not offer "${title}" but: ${offered.join(', ') || 'nothing'}.`,
              { cause: error },
            );
        }
      }
    },
    /** @param {{ label: string, timeout?: number }} wanted a row of the open list */
    pick: ({ label, timeout = LIMIT }) => row(label).click({ timeout }),
    /** @param {{ text: string, timeout?: number }} wanted goes into the open input box, followed by Enter */
    async answer({ text, timeout = LIMIT }) {
      await page.locator(INPUT).fill(text, { timeout });
      await page.keyboard.press('Enter');
    },
    /** @param {{ key: string }} wanted as Playwright names keys: `Control+Home`, `F1`, `a` */
    press: ({ key }) => page.keyboard.press(key),
    /** @param {{ text: string }} wanted */
    type: ({ text }) => page.keyboard.type(text),
    /** @param {Parameters<Page['emulateMedia']>[0]} media */
    emulate: (media) => page.emulateMedia(media),
    /** @param {{ width: number, height: number }} size pixels */
    resize: (size) => page.setViewportSize(size),
    /** @param {{ name: string, of?: Target }} wanted */
    async screenshot({ name, of }) {
      mkdirSync(shots, { recursive: true });
      const file = path.join(shots, `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 120)}.png`);
      const image = await (of ? locate(of) : page).screenshot({ path: file, timeout: of?.timeout ?? LIMIT });
      return { file, ...(await page.evaluate(measure, image.toString('base64'))) };
    },
    /** @param {{ target: Target, action: string, value?: string | undefined, state?: 'attached' | 'detached' | 'visible' | 'hidden' }} wanted */
    async element({ target, action, value = '', state }) {
      const element = locate(target);
      const timeout = target.timeout ?? LIMIT;
      switch (action) {
        case 'text':
          return await element.innerText({ timeout });
        case 'texts':
          return await element.allInnerTexts();
        case 'count':
          return await element.count();
        case 'visible':
          return await element.isVisible();
        case 'attribute':
          return await element.getAttribute(value, { timeout });
        case 'box':
          return await element.boundingBox({ timeout });
        case 'click':
          return await element.click({ timeout });
        case 'doubleClick':
          return await element.dblclick({ timeout });
        case 'hover':
          return await element.hover({ timeout });
        case 'focus':
          return await element.focus({ timeout });
        case 'fill':
          return await element.fill(value, { timeout });
        case 'press':
          return await element.press(value, { timeout });
        case 'select':
          return void (await element.selectOption(value, { timeout }));
        case 'waitFor':
          return await element.waitFor({ timeout, ...(state && { state }) });
        case 'evaluate':
          return await element.evaluate(inPage(value), undefined, { timeout });
        default:
          throw new Error(`A user cannot ${action}.`);
      }
    },
  };
}

/**
 * Playwright sends a function's text to the page and calls it there; here it is never called.
 * @param {string} source of a function that takes the element
 * @returns {(element: Element) => unknown}
 */
function inPage(source) {
  return /** @type {any} */ (new Function('element', `return (${source})(element)`));
}

/**
 * Runs inside the page, where the browser decodes the image.
 * @param {string} base64 PNG
 */
async function measure(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const { width, height } = bitmap;
  const drawing = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(width, height).getContext('2d')
  );
  drawing.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(drawing.getImageData(0, 0, width, height).data.buffer);
  return { width, height, colours: new Set(pixels).size };
}
