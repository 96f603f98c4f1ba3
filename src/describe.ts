/** Sentences on schema keys: what zod calls metadata, VS Code shows as hover texts. */
import * as z from 'zod';

/** Adds the sentence that hover and completion show for a key. */
export function described<T extends z.ZodType>(schema: T, sentence: string): T {
  return schema.meta({ description: sentence });
}

/** Any registry entry that a config chooses by name. */
interface NamedEntry {
  readonly name: string;
  readonly description: string;
}

/** A choice among registry entries, each with its own sentence in completion lists. */
export function describedEnum(entries: readonly NamedEntry[]) {
  return z.enum(entries.map((entry) => entry.name)).meta({
    enumDescriptions: entries.map((entry) => entry.description),
  });
}
