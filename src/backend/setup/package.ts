/** The package tfjs-node, whose C++ sources and installer the ladder uses: the installed copy, else one fetched by npm. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { run } from './run';
import { npmEnvironment } from './tools';
import type { RungContext } from './types';

/** A version of a package, and the hash of its archive as in our lock file. */
interface PackagePin {
  name: string;
  version: string;
  integrity: string;
}

/** The binding's sources; the version is that of the kernels in our bundle. */
export const tfjsNode: PackagePin = {
  name: '@tensorflow/tfjs-node',
  version: '4.22.0',
  integrity:
    'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
};

/** Headers of Node's stable C interface, for a Node that came without its own. */
export const nodeApiHeaders: PackagePin = {
  name: 'node-api-headers',
  version: '1.9.0',
  integrity:
    'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
};

/** Folder of an installed package of exactly that version; undefined in the packaged extension. */
export function installedPackage(pin: PackagePin): string | undefined {
  try {
    const manifest = createRequire(__filename).resolve(`${pin.name}/package.json`);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return version === pin.version ? path.dirname(manifest) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fetches a package and unpacks it into `<work>/<last part of its name>`.
 * @throws Error when npm fails or the archive is not the one that was pinned
 */
export async function fetchPackage(pin: PackagePin, context: RungContext): Promise<string> {
  const { work, downloads, signal, report } = context;
  report({ step: `Fetching ${pin.name} ${pin.version}` });
  const target = path.join(work, path.basename(pin.name));
  await mkdir(target, { recursive: true });
  const env = npmEnvironment(downloads);
  const output = await run(
    'npm',
    ['pack', `${pin.name}@${pin.version}`, '--json', '--pack-destination', target],
    {
      cwd: work,
      env,
      signal,
    },
  );
  const packed = JSON.parse(output.slice(output.indexOf('['))) as { filename: string }[];
  const archive = path.join(target, path.basename(packed[0]?.filename ?? ''));
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (integrity !== pin.integrity)
    throw new Error(`${pin.name} ${pin.version} is not the archive that was pinned (${integrity})`);
  await run('tar', ['-xzf', archive, '-C', target, '--strip-components=1'], { signal });
  await rm(archive);
  return target;
}
