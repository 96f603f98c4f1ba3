/** What anything that can be resumed saves, and how what comes back from a checkpoint is checked. */
import type * as z from 'zod';
import { UserError } from './errors';

/** Plain data and float arrays by name. */
export interface Snapshot<Meta = unknown> {
  readonly meta: Meta;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/**
 * Plain data as it came back from a checkpoint.
 * @param what whose state it is, e.g. "the strategy"
 * @throws UserError with code `checkpoint-damaged` where it does not have the form in which this version saves it
 */
export function requireState<T>(schema: z.ZodType<T>, state: unknown, what: string): T {
  const parsed = schema.safeParse(state);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const where = path.length > 0 ? ` at ${path.join('.')}` : '';
  throw new UserError(
    `The state of ${what} in the checkpoint is damaged or of another version${where}: ${message}.`,
    'The event log and the genotype so far are intact; start the search anew.',
    'checkpoint-damaged',
  );
}
