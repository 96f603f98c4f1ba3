/** Takes the libraries and the headers of the C interface out of a TensorFlow wheel. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run';
import type { Python } from './tools';
import type { RungContext } from './types';

/** Names of the two libraries on this platform. */
export function libraryNames(platform = process.platform): string[] {
  return ['tensorflow_cc', 'tensorflow_framework'].map((name) =>
    platform === 'darwin' ? `lib${name}.2.dylib` : `lib${name}.so.2`,
  );
}

// A wheel is a zip file, and Python reads those itself; `extract` keeps every file below the target.
const unpackScript = `
import sys, zipfile
wheel, target, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if any(name == want or name.startswith(want + '/') for want in wanted):
            archive.extract(name, target)
`;

/**
 * Unpacks the libraries into `<work>/lib` and the headers of the C interface into `<work>/include`.
 * @throws Error when the wheel lacks a library
 */
export async function unpackWheel(python: Python, wheel: string, context: RungContext): Promise<void> {
  const { work, signal, report } = context;
  report({ step: 'Unpacking the library' });
  const headers = ['tensorflow/c', 'tensorflow/core/platform', 'tsl', 'xla/tsl'].map(
    (name) => `tensorflow/include/${name}`,
  );
  const unpacked = path.join(work, 'unpacked');
  const members = [...libraryNames().map((name) => `tensorflow/${name}`), ...headers];
  await run(python.command, ['-c', unpackScript, wheel, unpacked, ...members], { signal });
  await mkdir(path.join(work, 'lib'), { recursive: true });
  for (const name of libraryNames()) {
    const from = path.join(unpacked, 'tensorflow', name);
    if (!existsSync(from)) throw new Error(`${path.basename(wheel)} holds no ${name}`);
    await rename(from, path.join(work, 'lib', name));
  }
  await rename(path.join(unpacked, 'tensorflow', 'include'), path.join(work, 'include'));
  await rm(unpacked, { recursive: true });
}
