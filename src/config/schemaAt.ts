/** Which schema stands at a place of a config: sections that are one of several kinds are followed by their written `type`. */
import * as z from 'zod';
import { configSchema } from './schema';
import { kindOf } from './sections';

type Path = readonly PropertyKey[];

function inside(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

/** What is written at a path. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce(inside, value);
}

/** The schema inside defaults, optionals and preprocessing. */
export function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return unwrap(schema.out);
  const { innerType } = ((schema as z.ZodType | undefined)?.def ?? {}) as { innerType?: unknown };
  return innerType === undefined ? schema : unwrap(innerType);
}

/** All kinds that a section can be of; none where there is nothing to choose. */
export function kindsAt(path: Path, input: unknown): readonly z.ZodObject[] {
  const schema = unwrap(schemaAt(path, input));
  return schema instanceof z.ZodDiscriminatedUnion ? (schema.options as readonly z.ZodObject[]) : [];
}

/** The key by which the kind of a section is chosen, such as `type`. */
export function chooserAt(path: Path, input: unknown): string {
  const schema = unwrap(schemaAt(path, input));
  return schema instanceof z.ZodDiscriminatedUnion ? schema.def.discriminator : 'type';
}

/** The keys that can stand at a path, with their schemas; undefined where no object is expected or its `type` is unknown. */
export function keysAt(path: Path, input: unknown): z.ZodObject | undefined {
  const schema = unwrap(schemaAt(path, input));
  if (schema instanceof z.ZodObject) return schema;
  const kinds = kindsAt(path, input);
  const chooser = chooserAt(path, input);
  const chosen = inside(valueAt(input, path), chooser);
  return chosen === undefined ? kinds[0] : kinds.find((kind) => kindOf(kind, chooser) === chosen);
}

/** The schema of a value, with its description, default and all. */
export function schemaAt(path: Path, input: unknown): unknown {
  if (path.length === 0) return configSchema;
  const around = path.slice(0, -1);
  const schema = unwrap(schemaAt(around, input));
  if (schema instanceof z.ZodArray) return schema.element;
  return keysAt(around, input)?.shape[String(path.at(-1))];
}
