/** The places where a Chromium may be had, each as a function that lists candidates; nobody has started them yet. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { layOnce } from './cache.mjs';
import { installLocked } from './npm.mjs';

/**
 * @typedef {object} Candidate
 * @property {string} executablePath
 * @property {Record<string, string>} [variables] added to its environment
 */

/** Raise the number after the dash when the recipe below changes, so that older copies are not used. */
const PACKED = 'chromium-147.0.0-2';
const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];
const MAC_NAMES = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_PLACES = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];

/** @returns {Candidate[]} the browsers of this machine */
export function installed() {
  const { PATH = '', PROGRAMFILES, LOCALAPPDATA, 'PROGRAMFILES(X86)': older } = process.env;
  const places = PATH.split(path.delimiter).flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  if (process.platform === 'darwin') {
    places.push(...MAC_NAMES.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`));
  }
  if (process.platform === 'win32') {
    const roots = [PROGRAMFILES, older, LOCALAPPDATA].filter((root) => root !== undefined);
    places.push(...roots.flatMap((root) => WINDOWS_PLACES.map((place) => path.join(root, place))));
  }
  places.push(chromium.executablePath());
  return places.filter(isProgram).map((executablePath) => ({ executablePath }));
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The npm package @sparticuz/chromium: a Chromium for Linux on x64, with fonts and the system libraries that it needs.
 * @param {(line: string) => void} log
 * @returns {Promise<Candidate[]>}
 */
export async function packed(log) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const folder = await layOnce(PACKED, async (partial) => {
    log('Chromium: fetching @sparticuz/chromium (68 MB)');
    await installLocked('chromium', partial);
    log('Chromium: unpacking');
    // It unpacks into the temporary folder, and its system libraries only where it believes to be in the cloud.
    const env = { ...process.env, TMPDIR: partial, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' };
    const script = "import('@sparticuz/chromium').then((packed) => packed.default.executablePath())";
    execFileSync(process.execPath, ['-e', script], {
      cwd: partial,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    rmSync(path.join(partial, 'node_modules'), { recursive: true });
  });
  const fonts = path.join(folder, 'fonts', 'with-system.conf');
  if (!existsSync(fonts)) writeFileSync(fonts, fontConfiguration(path.join(folder, 'fonts')));
  const executablePath = path.join(folder, 'chromium');
  const variables = { FONTCONFIG_FILE: fonts };
  // The system's libraries first: the packed ones are older, and are there for machines without.
  const libraries = path.join(folder, 'al2023', 'lib');
  return [
    { executablePath, variables },
    { executablePath, variables: { ...variables, LD_LIBRARY_PATH: libraries } },
  ];
}

/**
 * The system's fonts where there are any, and the packed ones, so that text is never blank.
 * @param {string} folder
 */
function fontConfiguration(folder) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}</dir>
  <cachedir>${folder}/cache</cachedir>
</fontconfig>
`;
}

/**
 * Debian's own package, where this process may install it.
 * @param {(line: string) => void} log
 * @returns {Candidate[]}
 */
export function fromDebian(log) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return [];
  log('Chromium: installing the system package chromium');
  /** @param {string[]} args */
  const apt = (args) =>
    execFileSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt(['update']);
  apt(['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
  return installed();
}
