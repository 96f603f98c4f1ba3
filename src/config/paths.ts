/** All files and folders that a config names, whichever entry the key is of. */
import { isAbsolute, relative, resolve } from 'node:path';
import type * as z from 'zod';
import { pathKeys, type PathUse } from '../describe';
import type { Config } from './schema';
import { keysAt, schemaAt, unwrap, valueAt } from './schemaAt';

export interface ConfigPath extends PathUse {
  /** Where it stands, e.g. `["data", "files", "trainImages"]`. */
  readonly key: readonly (string | number)[];
  /** As it is written: relative ones start at the folder of the config file. */
  readonly value: string;
}

/** In the order of the schema. */
export function configPaths(config: Config): ConfigPath[] {
  return pathsIn(config, config, []);
}

/**
 * The same config for a file in another folder: its relative paths lead where they led before.
 * @param from folder of the config
 */
export function movedPaths(config: Config, from: string, to: string): Config {
  const moved = structuredClone(config);
  for (const { key, value } of configPaths(config)) {
    if (isAbsolute(value)) continue;
    const around = valueAt(moved, key.slice(0, -1)) as Record<string | number, unknown>;
    around[key.at(-1)!] = relative(to, resolve(from, value)) || '.';
  }
  return moved;
}

function pathsIn(value: unknown, config: Config, key: ConfigPath['key']): ConfigPath[] {
  if (typeof value === 'string') {
    const use = pathKeys.get(unwrap(schemaAt(key, config)) as z.ZodType);
    return use ? [{ ...use, key, value }] : [];
  }
  if (Array.isArray(value)) return value.flatMap((each, index) => pathsIn(each, config, [...key, index]));
  if (typeof value !== 'object' || value === null) return [];
  const known = keysAt(key, config)?.shape ?? {};
  return Object.keys(known).flatMap((name) =>
    pathsIn((value as Record<string, unknown>)[name], config, [...key, name]),
  );
}
