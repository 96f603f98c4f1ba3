/**
 * Makes a fresh clone ready, on Node's built-ins alone: packages, build, native TensorFlow. What is there already is left
 * alone, so that it costs next to nothing from the second time on.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npmCommand, root, runOrExit } from './process.mjs';

const requiredNode = 20;

function checkNode() {
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= requiredNode) return;
  console.error(
    `NAS Workbench needs Node ${requiredNode} or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
  process.exit(1);
}

/** @param {string} file relative to the repository */
function read(file) {
  const absolute = path.join(root, file);
  return existsSync(absolute) ? readFileSync(absolute, 'utf8') : undefined;
}

/** @param {string} file relative to the repository */
function modified(file) {
  const absolute = path.join(root, file);
  return existsSync(absolute) ? statSync(absolute).mtimeMs : 0;
}

/** Installs the packages of the lock file, unless they are there. */
export async function installPackages() {
  const stamp = 'node_modules/.nas-workbench-lock';
  const wanted = createHash('sha256')
    .update(read('package-lock.json') ?? '')
    .digest('hex');
  if (read(stamp) === wanted) return;
  // npm keeps its own copy of what it installed: newer than the lock file means that somebody ran npm by hand.
  const byHand = modified('node_modules/.package-lock.json') >= modified('package-lock.json');
  if (!byHand) {
    console.log('Installing the packages of the lock file (npm ci --ignore-scripts) …');
    const [command, args, options] = npmCommand([
      'ci',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
    await runOrExit(command, args, options);
  }
  writeFileSync(path.join(root, stamp), wanted);
}

/**
 * One line for each file below a folder, or for a file: path, time, size.
 * @param {string} name relative to the repository
 * @param {string} folder the repository
 * @returns {string[]}
 */
function fingerprint(name, folder) {
  const absolute = path.join(folder, name);
  if (!existsSync(absolute)) return [];
  const { mtimeMs, size } = statSync(absolute);
  if (!statSync(absolute).isDirectory()) return [`${name} ${mtimeMs} ${size}`];
  return readdirSync(absolute)
    .sort()
    .flatMap((entry) => fingerprint(`${name}/${entry}`, folder));
}

const outputs = [
  ...[
    'extension.js',
    'worker.js',
    'cli.js',
    'setup.js',
    'webview.js',
    'webview.css',
    'dataProcess.js',
    'dataPage.js',
    'genotypePage.js',
    'data',
  ],
  ...['kernels.wasm', 'kernels-relaxed.wasm', 'decoder.js', 'parquet.js', 'jpeg.wasm'],
];

/** What a build is made of, relative to the repository. */
const inputs = [
  'src',
  'webview',
  'kernels',
  'package.json',
  'package-lock.json',
  'esbuild.js',
  'scripts/packData.mjs',
  'scripts/kernelDispatch.ts',
];

/**
 * Tells one state of what a build is made of from another.
 * @param {string} [folder] the repository
 */
export function buildFingerprint(folder = root) {
  return createHash('sha256')
    .update(inputs.flatMap((input) => fingerprint(input, folder)).join('\n'))
    .digest('hex');
}

async function build() {
  const stamp = 'dist/.stamp';
  const wanted = buildFingerprint();
  const complete = outputs.every((file) => existsSync(path.join(root, 'dist', file)));
  if (complete && read(stamp) === wanted) return;
  console.log('Building (node esbuild.js) …');
  await runOrExit(process.execPath, ['esbuild.js']);
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  writeFileSync(path.join(root, stamp), wanted);
}

/**
 * Makes the clone ready; ends the process with a message where that is impossible.
 * @param {{ tests?: boolean }} [options] `tests`: the tests' Python follows, which shares the download of TensorFlow
 */
export async function bootstrap({ tests = false } = {}) {
  checkNode();
  await installPackages();
  await build();
  const setup = [
    'dist/setup.js',
    '--quiet-if-done',
    '--allow-system-packages',
    ...(tests ? ['--keep-downloads'] : []),
  ];
  await runOrExit(process.execPath, setup);
}

if (process.argv[1] === path.join(root, 'scripts', 'bootstrap.mjs')) {
  await bootstrap({ tests: process.argv.includes('--tests') });
}
