/** The registry of target languages. A new one is one folder and one line here. */
import { keras } from './keras';
import type { Language } from './language';
import { pytorch } from './pytorch';
import { typescript } from './typescript';

export const languages: readonly Language[] = [typescript, keras, pytorch];

export type { Language } from './language';
export { readGenotypeFile } from './readGenotype';
