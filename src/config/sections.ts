/** Sections of a config whose keys follow from one of them, `type` or `set`: one schema for each registered kind. */
import * as z from 'zod';

interface Entry {
  readonly name: string;
  readonly options: z.ZodObject;
}

type SchemasOf<T extends readonly Entry[]> = { [I in keyof T]: T[I]['options'] };

/**
 * The section of a registry's entries, told apart by the value of `chooser`. The first entry is the default, with its own
 * defaults: where `chooser` is left out, it is meant.
 */
export function sectionOf<const T extends readonly [Entry, ...Entry[]]>(entries: T, chooser = 'type') {
  const schemas = entries.map(({ options }) => options) as unknown as SchemasOf<T>;
  const first = entries[0].name;
  const withType = (value: unknown): unknown =>
    isRecord(value) && value[chooser] === undefined ? { ...value, [chooser]: first } : value;
  return z
    .preprocess(withType, z.discriminatedUnion(chooser, schemas as never))
    .prefault({}) as unknown as z.ZodPrefault<
    z.ZodType<z.output<SchemasOf<T>[number]>, z.input<SchemasOf<T>[number]>>
  >;
}

/** The value of `chooser` by which a section is of a kind. */
export function kindOf({ shape }: z.ZodObject, chooser: string): string {
  const type = shape[chooser] as z.ZodLiteral<string> | z.ZodDefault<z.ZodLiteral<string>>;
  return type instanceof z.ZodDefault ? type.unwrap().value : type.value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
