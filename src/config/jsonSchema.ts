/** The JSON Schema of `*.nas.json`, made from the schema; `schemas/nas.schema.json` is its copy for VS Code. */
import * as z from 'zod';
import { presetFor } from './presets';
import { configSchema } from './schema';

type Json = Record<string, unknown>;

interface Kind {
  readonly name: string;
  readonly schema: Json & { readonly properties: Record<string, Json> };
}

/**
 * A section that is of one of several kinds, in the form that editors complete and check best: the key that chooses, such as `type`,
 * lists the names, each with its sentence, and the keys are those of the kind that is written, or of the first where none is. Of a plain
 * `oneOf`, editors show the keys of one kind only once its `type` is complete, and report the mistakes of the nearest one.
 */
function section(name: string, { oneOf, ...around }: Json): Json {
  const schemas = oneOf as Kind['schema'][];
  const chooser = chooserOf(schemas)!;
  const kinds = schemas.map((schema): Kind => ({
    name: schema.properties[chooser]!['const'] as string,
    schema: explained(schema, laptopKind(name, chooser, schema.properties[chooser]!['const'])),
  }));
  const enumDescriptions = kinds.map(({ schema }) => schema.properties[chooser]!['description']);
  const choice = {
    description: 'What is chosen here; the other keys follow from it.',
    type: 'string',
    enum: kinds.map(({ name }) => name),
    enumDescriptions,
    default: kinds[0]!.name,
  };
  return { ...around, type: 'object', properties: { [chooser]: choice }, ...branches(kinds, chooser) };
}

/** What the preset `laptop` has for a kind of a section. */
function laptopKind(name: string, chooser: string, kind: unknown): unknown {
  return (presetFor({ preset: 'laptop', [name]: { [chooser]: kind } }) as Json)[name];
}

/** With the defaults of each key in its sentence: editors show none for a value that is not being typed. */
function explained<T extends Json>(schema: T, laptop: unknown): T {
  if (!('properties' in schema)) return schema;
  const values = (laptop ?? {}) as Json;
  const properties = Object.fromEntries(
    Object.entries(schema['properties'] as Record<string, Json>).map(([key, inner]) => {
      const { description, default: byDefault } = inner;
      const known = [
        ...(isPlain(byDefault) ? [`Default: ${JSON.stringify(byDefault)}.`] : []),
        ...(values[key] === undefined ? [] : [`Preset \`laptop\`: ${JSON.stringify(values[key])}.`]),
      ];
      if (inner['const'] !== undefined || known.length === 0) return [key, explained(inner, values[key])];
      return [
        key,
        { ...explained(inner, values[key]), description: `${String(description)} ${known.join(' ')}` },
      ];
    }),
  );
  return { ...schema, properties };
}

/** A value, or a list of values; not the empty object of a section within a section. */
function isPlain(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || Array.isArray(value));
}

/** `if` the first kind, `then` its keys, `else` the same for the others. */
function branches([kind, ...others]: readonly Kind[], chooser: string): Json {
  if (!kind) return {};
  const { properties, required, additionalProperties } = kind.schema;
  const needed = ((required ?? []) as string[]).filter((key) => key !== chooser);
  return {
    // Editors would offer the key once more for the condition.
    if: { properties: { [chooser]: { const: kind.name, doNotSuggest: true } } },
    then: {
      properties: { ...properties, [chooser]: true },
      ...(needed.length > 0 ? { required: needed } : {}),
      additionalProperties,
    },
    ...(others.length > 0 ? { else: branches(others, chooser) } : {}),
  };
}

/** JSON Schema (draft 7, which VS Code's JSON support reads) with defaults and a sentence on every key. */
export function configJsonSchema(): Json {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' }) as Json;
  const laptop = presetFor({ preset: 'laptop' }) as Json;
  const properties = Object.fromEntries(
    Object.entries(schema['properties'] as Record<string, Json>).map(([key, value]) => [
      key,
      isSection(value) ? section(key, value) : explained(withoutGenotypes(value), laptop[key]),
    ]),
  );
  return {
    ...schema,
    properties,
    title: 'NAS Workbench search',
    allowComments: true,
    allowTrailingCommas: true,
  };
}

/** Without the schema of genotype files, which nobody writes by hand, where one can stand. */
function withoutGenotypes({ anyOf, ...schema }: Json): Json {
  if (!Array.isArray(anyOf)) return schema;
  return { ...schema, type: (anyOf as Json[]).map(({ type }) => type) };
}

function isSection({ oneOf }: Json): boolean {
  return Array.isArray(oneOf) && chooserOf(oneOf as Partial<Kind['schema']>[]) !== undefined;
}

/** The key that has one value in each of the kinds. */
function chooserOf(kinds: readonly Partial<Kind['schema']>[]): string | undefined {
  const keys = Object.keys(kinds[0]?.properties ?? {});
  return keys.find((key) => kinds.every(({ properties }) => properties?.[key]?.['const'] !== undefined));
}

/** The schema as it stands in its file. */
export function schemaText(): string {
  return `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
}
