/** The JSON Schema of `*.nas.json`, made from the schema; `schemas/nas.schema.json` is its copy for VS Code. */
import * as z from 'zod';
import { configSchema } from './schema';

/** JSON Schema (draft 7, which VS Code's JSON support reads) with defaults and a sentence on every key. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'NAS Workbench search', allowComments: true, allowTrailingCommas: true };
}

/** The schema as it stands in its file. */
export function schemaText(): string {
  return `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
}
