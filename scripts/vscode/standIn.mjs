#!/usr/bin/env node
/**
 * Stands in for a desktop VS Code: same command line and exit code, but the workbench runs in a headless Chromium against VS Code's
 * own server. Exit codes: 0 the suite passed; 1 it failed, or a content security policy refused something; 124 it hung.
 */
import { randomUUID } from 'node:crypto';
import { fstatSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { linkBuiltinExtensions } from './builtin.mjs';
import { openChannel } from './channel.mjs';
import { parseCommandLine } from './commandLine.mjs';
import { ensureVsCode } from './install.mjs';
import { openBrowser } from './page.mjs';
import { endAll, environmentOf, hostGone, startGuard } from './processes.mjs';
import { startServer, workbenchAddress } from './server.mjs';
import { createUser } from './user.mjs';

/** What moves or draws for people only costs a suite time. */
const UNMOVED = { 'workbench.reduceMotion': 'on', 'editor.minimap.enabled': false };

const started = Date.now();
const limit = Number(process.env.NAS_EDITOR_TIMEOUT_MS ?? 1_800_000);
const shots = path.resolve(process.env.NAS_EDITOR_SHOTS ?? 'shots');
const wanted = parseCommandLine(process.argv.slice(2));
const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'nas-'));
const run = { id: randomUUID(), roots: /** @type {number[]} */ ([]) };
const guard = startGuard(run, folder);

/** @type {import('./server.mjs').Server | undefined} */
let server;
/** @type {import('./page.mjs').Workbench | undefined} */
let workbench;
/** @type {ReturnType<typeof createUser> | undefined} */
let user;
let ending = false;

/** @param {unknown[]} words */
function trace(...words) {
  if (process.env.NAS_EDITOR_TRACE) console.error(`[${Date.now() - started} ms]`, ...words);
}

/**
 * Ends everything in the order that lets each part end by itself, then this process.
 * @param {number} code
 * @param {string} [why]
 */
async function end(code, why) {
  if (ending) return;
  ending = true;
  if (why) console.error(`VS Code: ${why}.`);
  const violations = workbench?.violations ?? [];
  for (const violation of violations) console.error(`Content security policy: ${violation}`);
  const result = code === 0 && violations.length > 0 ? 1 : code;
  if (result !== 0 && user)
    await Promise.race([user.screenshot({ name: 'at-the-end' }), delay(5000)]).catch(() => {});
  // The host ends, and runs deactivate(), when its page is gone.
  await Promise.race([workbench?.browser.close(), delay(3000)]).catch(() => {});
  await hostGone(run, result > 1 ? 1000 : 6000);
  if (server && server.process.exitCode === null) {
    const gone = new Promise((resolve) => server?.process.once('exit', resolve));
    server.process.kill('SIGTERM');
    await Promise.race([gone, delay(2000)]);
  }
  await endAll(run);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  guard.dismiss();
  trace('ended with', result);
  // test-electron drops what it has not read yet as soon as this process is gone.
  setTimeout(() => process.exit(result), 150);
}

process.on('SIGINT', () => void end(130));
process.on('SIGTERM', () => void end(143));
process.on('SIGHUP', () => void end(129));
// Whoever started this holds the other end of the pipe: without them nobody waits for a result.
if (fstatSync(0).isFIFO() || fstatSync(0).isSocket()) {
  process.stdin
    .on('end', () => void end(129))
    .on('error', () => void end(129))
    .resume();
  /** @type {import('node:net').Socket} */ (process.stdin).unref();
}
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
setTimeout(() => void end(124, `no result within ${limit / 1000} s`), limit).unref();

try {
  const vscode = await ensureVsCode();
  const channel = await openChannel(() => user);
  const env = { ...environmentOf(run.id, folder), ...channel.env };
  const folders = {
    user: wanted.user ?? path.join(folder, 'user'),
    data: path.join(folder, 'data'),
    extensions: wanted.extensions ?? path.join(folder, 'extensions'),
    builtin: linkBuiltinExtensions(vscode.folder, path.join(folder, 'builtin')),
  };
  const log = process.env.NAS_EDITOR_SERVER_LOG;
  // Each is known as soon as it is up, so that the failure of one does not leave the other behind.
  const serverUp = startServer(vscode.folder, folders, { env, settings: UNMOVED, ...(log && { log }) }).then(
    (up) => {
      guard.watch(up.process.pid);
      return (server = up);
    },
  );
  const on = {
    exit: (/** @type {number} */ code, /** @type {string | undefined} */ why) => void end(code, why),
    trace,
  };
  const browserUp = openBrowser(env, on).then((up) => (workbench = up));
  const [{ process: serving }, { page }] = await Promise.all([serverUp, browserUp]);
  serving.once('exit', (code, signal) => void end(1, `the server ended (${code ?? signal})`));
  user = createUser(page, shots);
  trace('server and browser are up');
  await page.goto(workbenchAddress(await serverUp, wanted));
} catch (error) {
  await end(1, /** @type {Error} */ (error).stack);
}
