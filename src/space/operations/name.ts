/** The name of an operation in a genotype. */
import * as z from 'zod';
import { operationNames } from '.';

export const operationName = z.string().refine((name) => operationNames.includes(name), {
  error: ({ input }) => `unknown operation ${JSON.stringify(input)}; known: ${operationNames.join(', ')}`,
});
