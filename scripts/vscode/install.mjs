/** Lays a VS Code that runs in a browser into the cache: the server inside the npm package code-server. */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { layOnce } from './cache.mjs';
import { fetchPackage, installLocked, npm } from './npm.mjs';

export { ensureChromium } from './chromium.mjs';

const SERVER = {
  spec: 'code-server@4.100.3',
  integrity:
    'sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==',
  folder: 'package/lib/vscode',
  exclude: '*.map',
};
/** Raise the number after the dash when the recipe below changes, so that older copies are not used. */
const FOLDER = 'vscode-1.100.3-1';
const STUBS = fileURLToPath(new URL('./stubs/', import.meta.url));

/** @typedef {{ folder: string, version: string }} VsCode `folder` holds `out/server-main.js` */

/**
 * @param {(line: string) => void} [log]
 * @returns {Promise<VsCode>}
 */
export async function ensureVsCode(log = console.error) {
  const started = Date.now();
  let built = false;
  const folder = await layOnce(FOLDER, async (partial) => {
    built = true;
    await build(partial, log);
  });
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (built)
    log(`VS Code ${version} is ready in ${folder} (${((Date.now() - started) / 1000).toFixed(1)} s).`);
  return { folder, version };
}

/**
 * @param {string} folder
 * @param {(line: string) => void} log
 */
async function build(folder, log) {
  log(`VS Code: fetching ${SERVER.spec} (42 MB)`);
  await fetchPackage(SERVER, folder);
  log('VS Code: installing its dependencies');
  // Its lock file leaves out the peer of a telemetry client which never runs here.
  const install = ['ci', '--omit=dev', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
  await npm(install, folder);
  // The built-in TypeScript and JSON servers look for their shared packages here.
  await npm(install, path.join(folder, 'extensions'));
  const modules = path.join(folder, 'node_modules');
  // Asked for under the name that the desktop packs it in.
  symlinkSync('node_modules', path.join(folder, 'node_modules.asar'), 'junction');
  cpSync(path.join(STUBS, 'spdlog.cjs'), path.join(modules, '@vscode/spdlog/index.js'));
  cpSync(path.join(STUBS, 'nativeWatchdog.cjs'), path.join(modules, 'native-watchdog/index.js'));
  await addSearch(folder, log);
}

/**
 * `workspace.findFiles` of an extension is answered by ripgrep. The version which the server asks for fetches its program
 * from outside of npm; a later one brings it as a package for each platform.
 * @param {string} folder
 * @param {(line: string) => void} log
 */
async function addSearch(folder, log) {
  const parts = path.join(folder, 'search');
  mkdirSync(parts);
  await installLocked('ripgrep', parts);
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const found = path.join(
    parts,
    `node_modules/@vscode/ripgrep-${process.platform}-${process.arch}/bin`,
    name,
  );
  const wanted = path.join(folder, 'node_modules/@vscode/ripgrep/bin', name);
  if (existsSync(found)) {
    cpSync(found, wanted);
    chmodSync(wanted, 0o755);
  } else {
    log(
      `VS Code: there is no ripgrep for ${process.platform} ${process.arch}; searching for files will find nothing.`,
    );
  }
  rmSync(parts, { recursive: true });
}
