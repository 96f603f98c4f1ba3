/**
 * `npm run editor [-- --port N]`: VS Code in the browser with the extension in development and a copy of the examples, for whoever
 * has no desktop VS Code. Prints the address and runs until Ctrl+C.
 */
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from '../bootstrap.mjs';
import { root } from '../process.mjs';
import { cacheFolder } from './cache.mjs';
import { ensureVsCode } from './install.mjs';
import { endAll, environmentOf, hostGone, startGuard } from './processes.mjs';
import { startServer, workbenchAddress } from './server.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(
    `--port ${values.port} is not a port; give a number from 1 to 65535, or leave it out for a free one.`,
  );
  process.exit(2);
}

/** @returns {string} the folder to open; what a person has changed in it stays */
function workspaceFolder() {
  const workspace = path.join(root, 'runs', 'editor-workspace');
  if (!existsSync(workspace)) {
    mkdirSync(path.dirname(workspace), { recursive: true });
    cpSync(path.join(root, 'examples'), workspace, { recursive: true });
  }
  return workspace;
}

await bootstrap();
const vscode = await ensureVsCode();
const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'nas-'));
const run = { id: randomUUID(), roots: /** @type {number[]} */ ([]) };
const guard = startGuard(run, folder);

/** @param {number} code */
async function end(code) {
  await hostGone(run, 6000);
  await endAll(run);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  guard.dismiss();
  process.exit(code);
}

try {
  // Kept from one time to the next: settings, and what the extension has installed into its own storage.
  const profile = path.join(cacheFolder(), 'editor');
  const folders = {
    user: path.join(profile, 'user'),
    data: path.join(profile, 'data'),
    extensions: path.join(profile, 'extensions'),
  };
  const server = await startServer(vscode.folder, folders, { env: environmentOf(run.id, folder), port });
  guard.watch(server.process.pid);
  let asked = false;
  server.process.once('exit', (code) => void end(asked ? 0 : code || 1));
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      asked = true;
      server.process.kill('SIGTERM');
    });
  }
  const address = workbenchAddress(server, { workspace: workspaceFolder(), development: [root] });
  console.log(
    `\nVS Code ${vscode.version} with NAS Workbench. Open this address in a browser:\n\n  ${address}\n`,
  );
  console.log('Ctrl+C ends it.');
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  await end(1);
}
