/** The Python that converts: one that a person names, the project's own, or the first on the path that has what is needed. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../backend/folders';
import { UserError } from '../../errors';

/** What has to be there. */
export const packages = ['keras', 'tensorflow', 'safetensors'] as const;

/** The environment that `nas setup --python` makes. */
export function ownEnvironment(): string {
  return path.join(cacheFolder(), 'python', 'export');
}

export function pythonIn(environment: string): string {
  return process.platform === 'win32'
    ? path.join(environment, 'Scripts', 'python.exe')
    : path.join(environment, 'bin', 'python');
}

/** A path as it is from any folder; names of programs are looked up by the system. */
export function absoluteOf(command: string): string {
  return /[\\/]/.test(command) ? path.resolve(command) : command;
}

/** Names of the packages that a Python lacks; undefined where it does not start. */
function lackOf(python: string): Promise<string[] | undefined> {
  const code = `import importlib.util, json; print(json.dumps([n for n in ${JSON.stringify(packages)} if importlib.util.find_spec(n) is None]))`;
  return new Promise((resolve) => {
    // Python finds modules in its current folder first, which may be anybody's.
    const child = spawn(absoluteOf(python), ['-c', code], {
      cwd: __dirname,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let out = '';
    child.stdout.on('data', (data) => (out += String(data)));
    child.on('error', () => resolve(undefined));
    child.on('close', (exit) => resolve(exit === 0 ? (JSON.parse(out) as string[]) : undefined));
  });
}

/**
 * @param named by the person; then no other is looked for
 * @throws UserError with code `no-python` that says what is missing, and how to get it
 */
export async function findPython(named: string | undefined): Promise<string> {
  const own = pythonIn(ownEnvironment());
  const candidates = named === undefined ? [...(existsSync(own) ? [own] : []), 'python3', 'python'] : [named];
  const reasons: string[] = [];
  for (const python of candidates) {
    const lack = await lackOf(python);
    if (lack?.length === 0) return python;
    reasons.push(lack ? `${python} has no ${lack.join(', ')}` : `${python} is no Python that starts`);
  }
  throw new UserError(
    `This format is made by Keras and TensorFlow in Python: ${reasons.join('; ')}.`,
    'Run "nas setup --python" once (some 600 MB), name another Python with --python, or pip install keras tensorflow safetensors.',
    'no-python',
  );
}
