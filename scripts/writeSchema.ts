/** Writes schemas/nas.schema.json from the one definition in src/config/schema.ts: `npm run schema`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaText } from '../src/config/jsonSchema';

writeFileSync(join(__dirname, '..', 'schemas', 'nas.schema.json'), schemaText());
