/** The project's own Python environment for exports, made by the Python on the path. */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../errors';
import { ownEnvironment, packages, pythonIn } from './find';

export const downloadMegabytes = 600;

/** On Linux TensorFlow has a package without CUDA, which no conversion needs. */
const wanted = packages.map((name) =>
  name === 'tensorflow' && process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow-cpu' : name,
);

/**
 * Makes the environment anew, with what its programs print on standard error.
 * @returns path of its Python
 * @throws UserError when there is no Python, or pip cannot install
 */
export async function setUpPython(signal?: AbortSignal): Promise<string> {
  const folder = ownEnvironment();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  const made =
    (await run('python3', ['-m', 'venv', folder], signal)) ||
    (await run('python', ['-m', 'venv', folder], signal));
  if (!made) {
    throw new UserError(
      'No Python could make an environment.',
      'Install Python 3.10 to 3.13 with venv (Debian, Ubuntu: apt-get install python3-venv).',
      'no-python',
    );
  }
  const python = pythonIn(folder);
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--only-binary=:all:', ...wanted];
  if (await run(python, install, signal)) return python;
  rmSync(folder, { recursive: true, force: true });
  throw new UserError(
    `pip could not install ${wanted.join(', ')}.`,
    'Its message is above. TensorFlow has wheels for Python 3.10 to 3.13.',
    'no-python',
  );
}

/** @returns whether it went well. @throws UserError with code `cancelled` */
function run(command: string, args: readonly string[], signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // Python finds modules in its current folder first, which may be anybody's.
    const child = spawn(command, args, { cwd: __dirname, stdio: ['ignore', 2, 2], signal });
    child.on('error', () => {
      if (signal?.aborted) reject(new UserError('The set-up was cancelled.', undefined, 'cancelled'));
      else resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
}
