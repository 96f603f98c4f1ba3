/** Packages of npm and PyPI that hold pictures, fetched once into a folder of the user's cache. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** The registry, or the program that asks it, is not to be had. */
export class NoPackages extends Error {}

/** What is fetched is the same whoever runs this, and when. */
const pinned = {
  npm: [
    'emoji-datasource-google@16.0.0',
    'emoji-datasource-twitter@16.0.0',
    '@lobehub/fluent-emoji-3d@1.1.0',
  ],
  python: ['scikit-image==0.26.0', 'scikit-learn==1.8.0'],
};

const cacheFolder = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
  'nas-workbench-bench',
);

function fetch(program: string, words: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8', timeout: 300_000 });
  if (status === 0) return;
  throw new NoPackages(`${program}: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? 'no answer'}`);
}

/** The folder of the packages of npm. @throws NoPackages */
export function npmPackages(): string {
  const folder = path.join(cacheFolder, 'npm');
  const modules = path.join(folder, 'node_modules');
  if (existsSync(path.join(modules, '@lobehub', 'fluent-emoji-3d', 'package.json'))) return modules;
  mkdirSync(folder, { recursive: true });
  console.log(`Fetching ${pinned.npm.join(', ')} (150 MB)`);
  const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
  fetch('npm', ['install', '--prefix', folder, ...quiet, ...pinned.npm]);
  return modules;
}

/** The folder of the packages of Python, whose own needs are left out: only their pictures are read. @throws NoPackages */
export function pythonPackages(python: string): string {
  const folder = path.join(cacheFolder, 'python');
  if (existsSync(path.join(folder, 'sklearn', 'datasets', 'images'))) return folder;
  console.log(`Fetching ${pinned.python.join(', ')} (25 MB)`);
  fetch(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, ...pinned.python]);
  return folder;
}
