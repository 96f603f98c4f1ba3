/** Finds the programs that building the binding needs, and says which package brings the missing ones. */
import { existsSync } from 'node:fs';
import { UserError } from '../../errors';
import { plainNodeEnvironment } from '../probe';
import { run } from './run';
import type { RungContext } from './types';

/** A Python that has pip. */
export interface Python {
  command: string;
  /** Such as "3.11". */
  version: string;
}

/** One thing that is needed: how it is recognised, and the package that holds it. */
interface Need {
  what: string;
  /** Debian and Ubuntu. */
  apt: string[];
  found(signal?: AbortSignal): Promise<boolean>;
}

/** Whether a command starts and ends well. */
async function works(command: string, args: string[], signal?: AbortSignal): Promise<boolean> {
  try {
    await run(command, args, { signal });
    return true;
  } catch (error) {
    if (signal?.aborted) throw error;
    return false;
  }
}

/** The first Python 3 with pip; undefined where there is none. */
async function findPython(signal?: AbortSignal): Promise<Python | undefined> {
  for (const command of ['python3', 'python', '/usr/bin/python3']) {
    try {
      const version = await run(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
        signal,
      });
      if (!version.startsWith('3.')) continue;
      await run(command, ['-m', 'pip', '--version'], { signal });
      return { command, version: version.trim() };
    } catch (error) {
      if (signal?.aborted) throw error;
    }
  }
  return undefined;
}

const needs: Need[] = [
  {
    what: 'python3 with pip',
    apt: ['python3', 'python3-pip'],
    found: async (signal) => (await findPython(signal)) !== undefined,
  },
  {
    what: 'a C++ compiler',
    apt: ['g++'],
    // node-gyp takes CXX, else g++ on Linux and c++ on macOS.
    found: (signal) =>
      works(process.env['CXX'] ?? (process.platform === 'darwin' ? 'c++' : 'g++'), ['--version'], signal),
  },
  { what: 'make', apt: ['make'], found: (signal) => works('make', ['--version'], signal) },
];

/** Whether apt-get can be used here without asking anybody. */
function canUseApt(context: RungContext): boolean {
  return context.allowSystemPackages && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/**
 * Makes sure that python3, pip, a compiler and make are there, and returns the Python.
 * @throws UserError that names the packages to install
 */
export async function ensureTools(context: RungContext): Promise<Python> {
  const { signal, report } = context;
  const missing = [];
  for (const need of needs) if (!(await need.found(signal))) missing.push(need);
  if (missing.length > 0) {
    const packages = missing.flatMap((need) => need.apt);
    if (!canUseApt(context)) throw missingTools(missing);
    report({ step: 'Installing system packages', detail: `apt-get install ${packages.join(' ')}` });
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { signal, env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { signal, env });
  }
  const python = await findPython(signal);
  if (!python) throw missingTools(needs.slice(0, 1));
  return python;
}

function missingTools(missing: Need[]): UserError {
  const hint =
    process.platform === 'darwin'
      ? 'Install the command line tools (`xcode-select --install`) and a Python from python.org, then run the set-up again.'
      : `Install them (Debian, Ubuntu: \`apt-get install ${missing.flatMap((need) => need.apt).join(' ')}\`), then run the set-up again.`;
  return new UserError(`Not found: ${missing.map((need) => need.what).join(', ')}.`, hint, 'tools-missing');
}

/** Environment in which npm keeps its cache with our downloads and writes nowhere else. */
export function npmEnvironment(downloads: string): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...plainNodeEnvironment(), npm_config_cache: `${downloads}/npm` };
  // Set when we ourselves run below npm; they would point its child at our own project.
  for (const name of Object.keys(environment)) {
    if (/^npm_(package|lifecycle|config_(local_prefix|prefix|dry_run|ignore_scripts))/i.test(name))
      delete environment[name];
  }
  delete environment['INIT_CWD'];
  return environment;
}
