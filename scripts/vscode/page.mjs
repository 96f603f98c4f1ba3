/** Opens the workbench in a headless browser and listens to it: the suite's console, its end, and broken content security policies. */
import { chromium } from 'playwright-core';
import { ensureChromium } from './chromium.mjs';

/** What this VS Code says about itself on every start; nothing a suite could change. */
const NOISE =
  /^(Resolv(ing|ed) connection token|Creating a socket|\[Service Worker\]|ChatSessionStore|Ignoring fetching|Updating additional builtin|Overwriting extension|.*Could not locate the bindings file)/;

/**
 * @typedef {object} Workbench
 * @property {import('playwright-core').Browser} browser
 * @property {import('playwright-core').Page} page
 * @property {string[]} violations what content security policies refused so far, as the browser words it
 */

/**
 * @param {Record<string, string>} env of the run
 * @param {{ exit: (code: number, why?: string) => void, trace: (...words: unknown[]) => void }} on `exit` is
 *   called with the suite's result, or with 1 when the browser is gone
 * @returns {Promise<Workbench>}
 */
export async function openBrowser(env, on) {
  const { executablePath, args, env: own } = await ensureChromium();
  // Only the variables which the browser needs of its own: the rest, above all the mark, is the run's.
  const variables = { ...env, ...pick(own, ['FONTCONFIG_FILE', 'LD_LIBRARY_PATH']) };
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const browser = await chromium.launch({ executablePath, args, env: variables, ...signals });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  /** @type {string[]} */
  const violations = [];
  browser.on('disconnected', () => on.exit(1, 'the browser is gone'));
  page.on('crash', () => on.exit(1, 'the page crashed'));
  page.on('pageerror', (error) => on.trace('page error', error.message));
  page.on('console', (message) => {
    const text = message.text();
    on.trace('console', message.type(), text.slice(0, 400));
    if (isViolation(text)) violations.push(`${text} (${message.location().url})`);
  });
  // The workbench calls these two by name; its own log and the console of the extension host come the same way.
  await page.exposeFunction(
    'codeAutomationLog',
    (/** @type {string} */ type, /** @type {unknown[]} */ words) => {
      if (NOISE.test(String(words[0]))) on.trace(type, ...words);
      else if (type === 'error' || type === 'warn') console.error(...words);
      else console.log(...words);
    },
  );
  await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => on.exit(code ? 1 : 0));
  return { browser, page, violations };
}

/**
 * @param {string} text a line of the page's console
 * @returns {boolean} whether it tells of something that a policy in force has refused
 */
export function isViolation(text) {
  return (
    /violates the (following|document's) Content Security Policy/i.test(text) && !/report.only/i.test(text)
  );
}

/**
 * @param {Record<string, string>} from
 * @param {string[]} keys
 */
function pick(from, keys) {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}
