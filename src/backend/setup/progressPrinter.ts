/** Turns the progress of a set-up into lines: one for each step, and one for every tenth part of a long one. */
import type { SetupProgress } from './types';

/**
 * A receiver of progress that prints lines.
 * @param now clock in ms, for tests
 */
export function progressPrinter(print: (text: string) => void, now: () => number = () => performance.now()) {
  const begun = now();
  let step = '';
  let tenth = -1;
  return (progress: SetupProgress): void => {
    const { fraction, detail } = progress;
    const seconds = ((now() - begun) / 1000).toFixed(0).padStart(4);
    if (progress.step !== step) {
      step = progress.step;
      tenth = 0;
      print(`${seconds} s  ${step}${detail ? ` (${detail})` : ''}\n`);
    } else if (fraction !== undefined && Math.floor(fraction * 10) > tenth) {
      tenth = Math.floor(fraction * 10);
      print(`${seconds} s    ${tenth * 10} %${detail ? `, ${detail}` : ''}\n`);
    }
  };
}
