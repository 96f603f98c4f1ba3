/** What anything that can be resumed saves, and how what comes back from a checkpoint is checked. */
import type * as z from 'zod';
import { isMissing } from './describe';
import { UserError } from './errors';

/** Plain data and float arrays by name. */
export interface Snapshot<Meta = unknown> {
  readonly meta: Meta;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/**
 * The error for what came back from a checkpoint and cannot be gone on from.
 * @param what is damaged, e.g. "The state of the strategy in the checkpoint"
 * @param problem what is wrong with it, part of a sentence
 */
function damaged(what: string, problem: string): UserError {
  return new UserError(
    `${what} is damaged or of another version${problem}.`,
    'The event log and the genotype so far are intact; start the search anew.',
    'checkpoint-damaged',
  );
}

/**
 * The error for a state of the right form that does not go with what it is a state of.
 * @param what whose state it is, e.g. "the strategy"
 * @param problem what is wrong, a sentence without its full stop
 */
export function damagedState(what: string, problem: string): UserError {
  return damaged(`The state of ${what} in the checkpoint`, `: ${problem}`);
}

/**
 * Plain data as it came back from a checkpoint.
 * @param what whose state it is, e.g. "the strategy"
 * @throws UserError with code `checkpoint-damaged` where it does not have the form in which this version saves it
 */
export function requireState<T>(schema: z.ZodType<T>, state: unknown, what: string): T {
  const parsed = schema.safeParse(state);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const where = issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  const problem = isMissing(issue, state) ? 'it is missing' : issue.message;
  throw damaged(`The state of ${what} in the checkpoint`, `${where}: ${problem}`);
}

/**
 * A float array as it came back from a checkpoint.
 * @param length how many numbers it has to have
 * @throws UserError with code `checkpoint-damaged` where there is none, or one of another length
 */
export function requireArray(arrays: Snapshot['arrays'], name: string, length: number): Float32Array {
  const values = arrays[name];
  if (values?.length === length) return values;
  const problem = values ? `it has ${values.length} numbers instead of ${length}` : 'it is missing';
  throw damaged(`The array of ${name} in the checkpoint`, `: ${problem}`);
}
