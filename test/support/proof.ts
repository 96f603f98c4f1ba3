/** The process in which generated code runs, for jobs in tests: the built bundle. */
import { join } from 'node:path';
import type { JobOptions } from '../../src/job/run';

export const proofProcess: JobOptions['proof'] = {
  script: join(__dirname, '../../dist/proof.js'),
};
