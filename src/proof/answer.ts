/** Waiting for what another process does: no longer than until somebody wants to stop, whom no event announces. */
import { setTimeout as delay } from 'node:timers/promises';

/** How often is looked whether the waiting is over while the answer takes its time, milliseconds. */
const patience = 50;

/**
 * Waits for an answer, or until the waiting is over. What comes later, nobody hears, a failure neither.
 * @returns whether it was answered
 * @throws whatever the answer is rejected with by then
 */
export async function answeredBefore(answer: Promise<unknown>, over: () => boolean): Promise<boolean> {
  let answered = false;
  const settled = answer.finally(() => (answered = true));
  settled.catch(() => undefined);
  while (!answered && !over()) await Promise.race([settled, delay(patience)]);
  if (answered) await settled;
  return answered;
}
