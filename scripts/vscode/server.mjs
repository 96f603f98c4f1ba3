/** Starts VS Code's own server, and makes the addresses that open its workbench. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Nothing is offered, updated or fetched while a suite runs, or in an editor that works offline. */
const SETTINGS = {
  // In a browser it would be on, other than on the desktop.
  'files.autoSave': 'off',
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'npm.fetchOnlinePackageInfo': false,
  'json.schemaDownload.enable': false,
  'git.enabled': false,
};

/**
 * @typedef {object} Folders
 * @property {string} user settings and storage of the person
 * @property {string} data the server's own files
 * @property {string} extensions installed extensions
 * @property {string} [builtin] the extensions that VS Code comes with, its own unless told
 */

/**
 * @typedef {object} Server
 * @property {import('node:child_process').ChildProcess} process
 * @property {number} port
 * @property {string} token asked of whoever connects: the server runs code for its users
 */

/**
 * @param {string} vscode folder of the installation
 * @param {Folders} folders created when missing
 * @param {{ env: Record<string, string>, port?: number, log?: string, settings?: Record<string, unknown> }} options
 *   `port` 0 takes a free one; `log` is a file; `settings` come on top of what every editor here starts with
 * @returns {Promise<Server>}
 * @throws {Error} with the server's words when it does not start
 */
export async function startServer(vscode, folders, { env, port = 0, log, settings }) {
  writeSettings(folders.user, { ...SETTINGS, ...settings });
  const token = randomBytes(16).toString('hex');
  const child = spawn(
    process.execPath,
    [
      ...serverArguments(vscode, folders),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--connection-token',
      token,
    ],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const file = log === undefined ? undefined : createWriteStream(log);
  return await new Promise((resolve, reject) => {
    let words = '';
    let listening = false;
    /** @param {Buffer} data */
    const read = (data) => {
      file?.write(data);
      if (listening) return;
      words += data;
      // The server says so and then waits for ever.
      if (words.includes('EADDRINUSE')) {
        child.kill();
        reject(
          new Error(
            `Port ${port} is in use by another program. Choose another port, or leave it out for a free one.`,
          ),
        );
      }
      const found = /listening on (\d+)/.exec(words);
      if (!found) return;
      listening = true;
      resolve({ process: child, port: Number(found[1]), token });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(
        new Error(`The server of VS Code ended (${code ?? signal}) before it listened.\n${words.trim()}`),
      ),
    );
  });
}

/**
 * @param {string} vscode
 * @param {Folders} folders
 */
export function serverArguments(vscode, folders) {
  return [
    path.join(vscode, 'out', 'server-main.js'),
    ...['--accept-server-license-terms', '--telemetry-level', 'off', '--disable-workspace-trust'],
    ...[
      '--user-data-dir',
      folders.user,
      '--server-data-dir',
      folders.data,
      '--extensions-dir',
      folders.extensions,
    ],
    ...(folders.builtin === undefined ? [] : ['--builtin-extensions-dir', folders.builtin]),
  ];
}

/**
 * @param {string} user
 * @param {Record<string, unknown>} settings a person's own stay
 */
function writeSettings(user, settings) {
  const file = path.join(user, 'User', 'settings.json');
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
}

/**
 * @param {{ port: number, token: string }} server
 * @param {{ workspace?: string, development: string[], tests?: string }} contents absolute paths
 * @returns {string} the address which opens the workbench
 */
export function workbenchAddress({ port, token }, { workspace, development, tests }) {
  const remote = (/** @type {string} */ file) =>
    `vscode-remote://127.0.0.1:${port}${encodeURI(slashes(file))}`;
  const payload = [
    ...development.map((folder) => ['extensionDevelopmentPath', remote(folder)]),
    ['enableProposedApi', ''],
    ['skipWelcome', 'true'],
    ...(tests === undefined ? [] : [['extensionTestsPath', remote(tests)]]),
  ];
  const query = new URLSearchParams({ tkn: token });
  if (workspace === undefined) query.set('ew', 'true');
  else query.set(workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', slashes(workspace));
  query.set('payload', JSON.stringify(payload));
  return `http://127.0.0.1:${port}/?${query}`;
}

/** @param {string} file */
function slashes(file) {
  const plain = file.replaceAll('\\', '/');
  return plain.startsWith('/') ? plain : `/${plain}`;
}
