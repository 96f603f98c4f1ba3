/**
 * The Pythons in which generated code is tested: one with Keras 3 and ONNX Runtime, one with PyTorch. As a script it prints where they are.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { outputOf, root } from './process.mjs';
import { cacheFolder } from './vscode/cache.mjs';

/** @typedef {{ keras: string, torch: string }} Pythons paths of two executables, possibly the same */

/** @param {string} text */
const say = (text) => console.error(text);

/**
 * Runs a program with its output on our standard error.
 * @param {string} command
 * @param {string[]} args
 * @returns {boolean} whether it went well
 */
export function succeeds(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  return spawnSync(command, args, { stdio: ['ignore', 2, 2], env }).status === 0;
}

/**
 * Installs Debian packages where that can be done without asking anybody.
 * @param {...string} packages
 */
export function aptInstall(...packages) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  say(`Installing system packages: ${packages.join(' ')} …`);
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
  return succeeds('apt-get', ['update', '-qq']) && succeeds('apt-get', install);
}

/** @param {string} folder of a virtual environment */
export function pythonOf(folder) {
  return process.platform === 'win32'
    ? path.join(folder, 'Scripts', 'python.exe')
    : path.join(folder, 'bin', 'python');
}

/**
 * The newest TensorFlow for a Python, undefined where there is none.
 * @param {string} version such as "3.11"
 */
function tensorflowFor(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== 3) return undefined;
  if (minor >= 10 && minor <= 13) return '2.21.0';
  return minor === 9 ? '2.18.1' : undefined;
}

/** A Python on this machine that TensorFlow has a wheel for. */
function basePython() {
  const commands = [
    'python3',
    '/usr/bin/python3',
    'python',
    'python3.13',
    'python3.12',
    'python3.11',
    'python3.10',
  ];
  for (const command of commands) {
    const version = outputOf(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    const tensorflow = version === undefined ? undefined : tensorflowFor(version);
    if (tensorflow !== undefined) return { command, version, tensorflow };
  }
  return undefined;
}

/**
 * Makes a virtual environment, unless it is there.
 * @param {string} command
 * @param {string} folder
 */
export function makeEnvironment(command, folder) {
  if (existsSync(pythonOf(folder))) return;
  mkdirSync(path.dirname(folder), { recursive: true });
  const make = () => succeeds(command, ['-m', 'venv', folder]);
  // Debian keeps what `venv` needs in a package of its own.
  if (make() || (aptInstall('python3-venv') && make())) return;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`\`${command} -m venv\` fails. Debian, Ubuntu: apt-get install python3-venv.`);
}

/** What tests ask beside Keras. */
const besideKeras = ['onnx', 'onnxruntime', 'ruff', 'safetensors', 'tensorboard'];

/** @param {string} cache */
function installKeras(cache) {
  const base = basePython() ?? (aptInstall('python3', 'python3-venv') ? basePython() : undefined);
  if (!base)
    throw new Error(
      'Testing generated code needs a Python from 3.9 to 3.13: install python3 and python3-venv.',
    );
  const folder = path.join(cache, 'python', `keras-${base.tensorflow}-python${base.version}`);
  makeEnvironment(base.command, folder);
  const name = process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
  say(`Installing Keras 3 with ${name} ${base.tensorflow}, and ONNX Runtime, into ${folder} …`);
  // The native set-up has just downloaded the same wheel.
  const downloads = path.join(cache, 'native', 'downloads');
  const wheels = path.join(downloads, base.tensorflow);
  const links = existsSync(wheels) ? ['--find-links', wheels] : [];
  const install = ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '--only-binary=:all:', ...links];
  if (!succeeds(pythonOf(folder), [...install, `${name}==${base.tensorflow}`, ...besideKeras])) {
    throw new Error(
      `pip could not install ${name} ${base.tensorflow}, ${besideKeras.join(', ')}; its message is above.`,
    );
  }
  rmSync(downloads, { recursive: true, force: true });
  return pythonOf(folder);
}

/**
 * @param {string} cache
 * @param {string} keras
 */
function findOrInstallTorch(cache, keras) {
  const hasTorch = (/** @type {string} */ command) => outputOf(command, ['-c', 'import torch']) !== undefined;
  const candidates = [keras, 'python3', '/usr/bin/python3'];
  const found = candidates.find(hasTorch);
  if (found) return absolute(found);
  if (aptInstall('python3-torch') && hasTorch('/usr/bin/python3')) return '/usr/bin/python3';
  const folder = path.join(cache, 'python', 'torch');
  makeEnvironment(keras, folder);
  say(
    `Installing PyTorch with pip into ${folder}; on Linux that is several GB because of its CUDA libraries …`,
  );
  if (!succeeds(pythonOf(folder), ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', 'torch', 'numpy'])) {
    throw new Error(
      'pip could not install torch; its message is above. Any python3 that can `import torch` will do.',
    );
  }
  return pythonOf(folder);
}

/** @param {string} command */
function absolute(command) {
  return outputOf(command, ['-c', 'import sys; print(sys.executable)']) ?? command;
}

/**
 * Whether a Python still has a package: it may have been removed since. Found without importing it, which takes seconds.
 * @param {string} python
 * @param {string} name
 */
function holds(python, name) {
  const code = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${name}") is None)`;
  return existsSync(python) && outputOf(python, ['-c', code]) !== undefined;
}

/**
 * Where the two Pythons are; made ready the first time.
 * @returns {Pythons}
 * @throws {Error} that says what to install by hand
 */
export function ensurePython() {
  const cache = cacheFolder();
  const stamp = path.join(cache, 'python', 'ready.json');
  if (existsSync(stamp)) {
    /** @type {Pythons} */
    const kept = JSON.parse(readFileSync(stamp, 'utf8'));
    const has = (/** @type {string} */ name) => holds(kept.keras, name);
    if (['keras', ...besideKeras].every(has) && holds(kept.torch, 'torch')) return kept;
  }
  const keras = installKeras(cache);
  const torch = findOrInstallTorch(cache, keras);
  writeFileSync(stamp, JSON.stringify({ keras, torch }));
  return { keras, torch };
}

if (process.argv[1] === path.join(root, 'scripts', 'python.mjs')) console.log(JSON.stringify(ensurePython()));
