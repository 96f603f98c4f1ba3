/** Which paths of a config leave the workspace, links followed. Nothing outside is touched unasked. */
import { resolve } from 'node:path';
import { isInside } from '../../config/inside';
import { configPaths } from '../../config/paths';
import type { Config } from '../../config/schema';

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
