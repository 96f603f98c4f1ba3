/**
 * The Python with the newest PyTorch that this machine can have, which `bench/supernet` measures itself against. As a
 * script it prints where it is.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { outputOf, root } from './process.mjs';
import { aptInstall, makeEnvironment, pythonOf, succeeds } from './python.mjs';
import { cacheFolder } from './vscode/cache.mjs';

/** @typedef {{ python: string, version: string, origin: 'pip' | 'system' }} Torch an executable and its PyTorch */

/** The Pythons of this machine: the one that `python3` names first, then the newer ones. */
const commands = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** @param {string} text */
const say = (text) => console.error(text);

/**
 * The version of a Python's PyTorch; importing it proves that its libraries load.
 * @param {string} python
 */
function torchVersion(python) {
  return outputOf(python, ['-c', 'import numpy, torch; print(torch.__version__)']);
}

/**
 * A virtual environment with the newest PyTorch that has a wheel for a Python; undefined where there is none. It keeps
 * its version until its folder is removed.
 * @param {string} command
 * @param {string} version of Python, such as "3.11"
 * @returns {Torch | undefined}
 */
function installTorch(command, version) {
  const folder = path.join(cacheFolder(), 'python', `torch-python${version}`);
  const stamp = path.join(folder, 'ready.json');
  const python = pythonOf(folder);
  if (existsSync(stamp) && existsSync(python)) return JSON.parse(readFileSync(stamp, 'utf8'));
  try {
    makeEnvironment(command, folder);
  } catch (error) {
    say(/** @type {Error} */ (error).message);
    return undefined;
  }
  say(
    `Installing the newest PyTorch for Python ${version} into ${folder}; several GB on Linux, where it has CUDA …`,
  );
  const install = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-cache-dir',
    '--only-binary=:all:',
    'torch',
    'numpy',
  ];
  const torch = succeeds(python, install) ? torchVersion(python) : undefined;
  if (torch === undefined) return undefined;
  /** @type {Torch} */
  const ready = { python, version: torch, origin: 'pip' };
  writeFileSync(stamp, JSON.stringify(ready));
  return ready;
}

/** @returns {Torch | undefined} */
function systemTorch() {
  const pythons = ['/usr/bin/python3', 'python3'];
  const find = () => pythons.find((python) => torchVersion(python) !== undefined);
  const command = find() ?? (aptInstall('python3-torch', 'python3-numpy') ? find() : undefined);
  if (command === undefined) return undefined;
  return { python: command, version: /** @type {string} */ (torchVersion(command)), origin: 'system' };
}

/**
 * PyTorch, made ready the first time: the newest by pip, else the system's. Says on standard error what is missing
 * where there is neither, and returns undefined.
 * @returns {Torch | undefined}
 */
export function ensureTorch() {
  const tried = new Set();
  for (const command of commands) {
    const version = outputOf(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    if (version === undefined || tried.has(version)) continue;
    tried.add(version);
    const torch = installTorch(command, version);
    if (torch) return torch;
  }
  const torch = systemTorch();
  if (!torch)
    say(
      'There is no PyTorch to compare with: install a Python from 3.10 on in which `pip install torch` works.',
    );
  return torch;
}

if (process.argv[1] === path.join(root, 'scripts', 'torch.mjs')) {
  const torch = ensureTorch();
  console.log(JSON.stringify(torch ?? null));
  process.exitCode = torch ? 0 : 1;
}
