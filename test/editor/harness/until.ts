/** Waiting for something that no event announces: a file that appears, a state of the editor. */
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks `look` until it answers something other than undefined, null or false.
 * @param what completes "waited in vain for …"
 * @throws when `limit` ms have passed, with the last error of `look` if it threw
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  limit = 600_000,
): Promise<T> {
  const end = Date.now() + limit;
  let cause: unknown;
  do {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) return seen;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(50);
  } while (Date.now() < end);
  throw new Error(`Waited ${limit / 1000} s in vain for ${what}.`, { cause });
}
