/** Finds a Chromium that starts without a window, or lays one into the cache. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { fromDebian, installed, packed } from './browsers.mjs';
import { cacheFolder } from './cache.mjs';

/** @typedef {import('./browsers.mjs').Candidate} Candidate */
/**
 * What Playwright's `chromium.launch` takes.
 * @typedef {{ executablePath: string, args: string[], env: Record<string, string> }} Browser
 */

/** The tests look at their own pages only: no sandbox is needed (as root there is none), and nothing may call home. */
const ARGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/**
 * In this order: `NAS_CHROMIUM`, a browser of this machine, the npm package @sparticuz/chromium, Debian's package.
 * Each is started before it is taken. The answer is remembered for as long as that program stays the same.
 * @param {(line: string) => void} [log]
 * @returns {Promise<Browser>}
 * @throws {Error} that says what to install
 */
export async function ensureChromium(log = console.error) {
  const chosen = process.env.NAS_CHROMIUM;
  if (chosen) {
    const problem = await problemOf({ executablePath: chosen });
    if (problem) throw new Error(`NAS_CHROMIUM is ${chosen}, which does not start: ${problem}`);
    return launchOptions({ executablePath: chosen });
  }
  const known = recall();
  if (known) return launchOptions(known);
  const failures = [];
  for (const rung of [installed, packed, fromDebian]) {
    try {
      for (const candidate of await rung(log)) {
        const problem = await problemOf(candidate);
        if (!problem) {
          remember(candidate);
          return launchOptions(candidate);
        }
        failures.push(`${candidate.executablePath}: ${problem}`);
      }
    } catch (error) {
      failures.push(/** @type {Error} */ (error).message);
    }
  }
  const advice = 'No Chromium starts here. Install Chromium, Chrome or Edge, or name one in NAS_CHROMIUM.';
  throw new Error([advice, ...failures].join('\n'));
}

/**
 * @param {Candidate} candidate
 * @returns {Browser}
 */
function launchOptions({ executablePath, variables }) {
  const own = Object.entries({ ...process.env, ...variables });
  const env = Object.fromEntries(own.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
  return { executablePath, args: ARGS, env };
}

/**
 * Starts the browser and reads a page in it.
 * @param {Candidate} candidate
 * @returns {Promise<string | undefined>} what went wrong
 */
async function problemOf(candidate) {
  try {
    const browser = await chromium.launch({ ...launchOptions(candidate), timeout: 180_000 });
    try {
      const page = await browser.newPage();
      await page.setContent('<p>ready</p>');
      return (await page.textContent('p', { timeout: 180_000 })) === 'ready' ? undefined : 'it shows no page';
    } finally {
      await browser.close();
    }
  } catch (error) {
    return /** @type {Error} */ (error).message.split('\n')[0];
  }
}

const memory = () => path.join(cacheFolder(), 'chromium.json');

/** @param {string} file */
function fingerprint(file) {
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

/** @param {Candidate} candidate */
function remember(candidate) {
  mkdirSync(cacheFolder(), { recursive: true });
  writeFileSync(
    memory(),
    JSON.stringify({ ...candidate, fingerprint: fingerprint(candidate.executablePath) }),
  );
}

/** @returns {Candidate | undefined} the browser that started last time, if it is still the same */
function recall() {
  if (!existsSync(memory())) return undefined;
  try {
    const { executablePath, variables, fingerprint: before } = JSON.parse(readFileSync(memory(), 'utf8'));
    return fingerprint(executablePath) === before ? { executablePath, variables } : undefined;
  } catch {
    // Cut short, or the browser is gone: the search begins anew.
    return undefined;
  }
}
