/**
 * What entries of the registries say of the keys that they add to a config: sentences (what zod calls metadata, VS Code shows
 * as hover texts), which keys are paths, and what is found wrong between them.
 */
import * as z from 'zod';

/** Adds the sentence that hover and completion show for a key. */
export function described<T extends z.ZodType>(schema: T, sentence: string): T {
  return schema.meta({ description: sentence });
}

/** What a search does with the file or folder that a key names. */
export interface PathUse {
  readonly access: 'reads' | 'writes';
}

/** Schemas of the keys that are paths; `config/paths.ts` finds by it all paths that a config names. */
export const pathKeys = z.registry<PathUse>();

/** A key that names a file or folder, relative to the config file. Everything that asks about paths then knows it. */
export function namedPath(access: PathUse['access']): z.ZodString {
  return asPath(access, z.string().min(1));
}

/** A key whose texts are such names, though it may have other values. */
export function asPath<T extends z.ZodType>(access: PathUse['access'], schema: T): T {
  pathKeys.add(schema, { access });
  return schema;
}

/** What keys were called in earlier versions: not read any more, but an error names the new key. */
export const formerNames = z.registry<{ readonly name: string }>();

/** A key that had another name. */
export function formerly<T extends z.ZodType>(name: string, schema: T): T {
  formerNames.add(schema, { name });
  return schema;
}

/** What is wrong in a config, or contradicts itself, and what would be right. */
export interface Finding {
  /** Key path from the top of the config. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What would be right. */
  readonly hint?: string;
  /** Mark the key rather than the value. */
  readonly atKey?: boolean;
  /** What would fit; undefined leaves the key out. A default gives way to it, a value that a person wrote is reported. */
  readonly instead?: {
    readonly value: unknown;
    /** Follows from what the person asked for, so that no notice need say it. */
    readonly unsaid?: boolean;
  };
}

/** Any registry entry that a config chooses by name. */
interface NamedEntry<Name extends string> {
  readonly name: Name;
  readonly description: string;
}

/** A choice among registry entries, each with its own sentence in completion lists. */
export function describedEnum<Name extends string>(entries: readonly NamedEntry<Name>[]) {
  return z.enum(entries.map((entry) => entry.name)).meta({
    enumDescriptions: entries.map((entry) => entry.description),
  });
}

/** Whether what is wrong at an issue's path is that nothing is there. @param input what was checked */
export function isMissing({ path }: Pick<z.core.$ZodIssue, 'path'>, input: unknown): boolean {
  const found = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    input,
  );
  return found === undefined;
}
