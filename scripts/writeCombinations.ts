/** Writes docs/combinations.md from the registries: `npm run combinations`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { combinationsText } from '../src/config/combinationsText';

writeFileSync(join(__dirname, '..', 'docs', 'combinations.md'), combinationsText());
