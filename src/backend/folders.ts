/** Where large files that outlive a clone are kept: one cache folder for each user, by the rules of each platform. */
import { homedir } from 'node:os';
import path from 'node:path';

/** What the rule depends on; given by tests, taken from the process otherwise. */
export interface FolderContext {
  platform: NodeJS.Platform;
  environment: NodeJS.ProcessEnv;
  home: string;
}

function currentContext(): FolderContext {
  return { platform: process.platform, environment: process.env, home: homedir() };
}

/**
 * The cache folder of this user: NAS_CACHE_DIR, else what the platform uses for caches.
 * The folder is not created here.
 */
export function cacheFolder(context: FolderContext = currentContext()): string {
  const { platform, environment, home } = context;
  const { join, resolve, isAbsolute } = platform === 'win32' ? path.win32 : path.posix;
  if (environment['NAS_CACHE_DIR']) return resolve(environment['NAS_CACHE_DIR']);
  if (platform === 'win32') {
    return join(environment['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'nas-workbench');
  }
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'nas-workbench');
  // The XDG specification tells to ignore a relative path.
  const xdg = environment['XDG_CACHE_HOME'];
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.cache'), 'nas-workbench');
}

/** Parent of all native TensorFlow set-ups in a cache folder. */
export function nativeFolder(cache: string = cacheFolder()): string {
  return path.join(cache, 'native');
}

/** Where data sets are kept once fetched. */
export function dataFolder(cache: string = cacheFolder()): string {
  return path.join(cache, 'data');
}
