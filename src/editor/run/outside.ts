/** Which paths of a config leave the workspace, links followed. Nothing outside is touched unasked. */
import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { configPaths } from '../../config/paths';
import type { Config } from '../../config/schema';

/** The path with all links resolved as far as it exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

/** Whether a path is one of the folders or below one of them. */
export function isInside(path: string, folders: readonly string[]): boolean {
  const real = realPath(path);
  return folders.some((folder) => {
    const way = relative(realPath(folder), real);
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

/** Where the run folders of a config are made. */
export function outputFolder(config: Config, configFolder: string): string {
  return resolve(configFolder, config.output.folder);
}

/** What a config writes to and reads from outside of the given folders, as sentences for a question. */
export function pathsOutside(config: Config, configFolder: string, folders: readonly string[]): string[] {
  return configPaths(config)
    .map(({ access, value }) => ({ access, path: resolve(configFolder, value) }))
    .filter(({ path }) => !isInside(path, folders))
    .map(({ access, path }) => (access === 'writes' ? `writes to ${path}` : `reads ${path}`));
}
