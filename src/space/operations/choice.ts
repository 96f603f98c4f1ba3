/** The schema of an operation where a config names one. */
import * as z from 'zod';
import { describedEnum } from '../../describe';
import { canonicalOperation } from '.';
import type { Operation } from './operation';

/**
 * One of these operations, by its name or an alias, which becomes the name. Editors complete the names alone: of aliases
 * the JSON Schema has no list but a pattern.
 */
export function operationChoice(offered: readonly Operation[]) {
  const aliases = offered.flatMap((operation) => operation.aliases ?? []);
  return z
    .union([
      describedEnum(offered),
      z.string().regex(new RegExp(`^(${aliases.join('|')})$`), { abort: true }),
    ])
    .overwrite(canonicalOperation);
}
