/** The JSON Schema of `*.nas.json`, made from the schema; `schemas/nas.schema.json` is its copy for VS Code. */
import * as z from 'zod';
import { configSchema } from './schema';

type Json = Record<string, unknown>;

interface Kind {
  readonly name: string;
  readonly schema: Json & { readonly properties: Record<string, Json> };
}

/**
 * A section that is of one of several kinds, in the form that editors complete and check best: `type` lists the names,
 * each with its sentence, and the keys are those of the kind that is written, or of the first where none is. Of a plain
 * `oneOf`, editors show the keys of one kind only once its `type` is complete, and report the mistakes of the nearest one.
 */
function section({ oneOf, ...around }: Json): Json {
  const kinds = (oneOf as Kind['schema'][]).map((schema): Kind => ({
    name: schema.properties['type']!['const'] as string,
    schema,
  }));
  const enumDescriptions = kinds.map(({ schema }) => schema.properties['type']!['description']);
  const type = {
    description: 'What is chosen here; the other keys follow from it.',
    type: 'string',
    enum: kinds.map(({ name }) => name),
    enumDescriptions,
    default: kinds[0]!.name,
  };
  return { ...around, type: 'object', properties: { type }, ...branches(kinds) };
}

/** `if` the first kind, `then` its keys, `else` the same for the others. */
function branches([kind, ...others]: readonly Kind[]): Json {
  if (!kind) return {};
  const { properties, required, additionalProperties } = kind.schema;
  const needed = ((required ?? []) as string[]).filter((key) => key !== 'type');
  return {
    // Editors would offer the key once more for the condition.
    if: { properties: { type: { const: kind.name, doNotSuggest: true } } },
    then: {
      properties: { ...properties, type: true },
      ...(needed.length > 0 ? { required: needed } : {}),
      additionalProperties,
    },
    ...(others.length > 0 ? { else: branches(others) } : {}),
  };
}

/** JSON Schema (draft 7, which VS Code's JSON support reads) with defaults and a sentence on every key. */
export function configJsonSchema(): Json {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' }) as Json;
  const properties = Object.fromEntries(
    Object.entries(schema['properties'] as Record<string, Json>).map(([key, value]) => [
      key,
      isSection(value) ? section(value) : value,
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

function isSection({ oneOf }: Json): boolean {
  return (
    Array.isArray(oneOf) &&
    (oneOf as Partial<Kind['schema']>[]).every(({ properties }) => properties?.['type']?.['const'])
  );
}

/** The schema as it stands in its file. */
export function schemaText(): string {
  return `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
}
