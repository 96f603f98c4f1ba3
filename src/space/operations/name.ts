/** The name of an operation in a genotype. */
import * as z from 'zod';
import { canonicalOperation, operationMeant, operationNames } from '.';

/** By its name or an alias, which becomes the name. */
export const operationName = z
  .string()
  .overwrite(canonicalOperation)
  .refine((name) => operationNames.includes(name), {
    error: ({ input }) => {
      const meant = operationMeant(String(input));
      const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
      return `unknown operation ${JSON.stringify(input)}; known: ${operationNames.join(', ')}${hint}`;
    },
  });
