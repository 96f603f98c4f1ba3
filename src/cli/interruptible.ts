/** Ctrl+C in commands that stop between two steps. */
import type { ProgressLine } from './progressLine';

/**
 * Does the work, with a line of progress that ends with it.
 * @param work asks `stopped` between two steps: it is true after the first Ctrl+C; a second ends the process
 */
export async function interruptible<T>(
  progress: ProgressLine,
  work: (stopped: () => boolean) => Promise<T>,
): Promise<T> {
  let interrupted = false;
  const stop = (): void => {
    interrupted = true;
    progress.note('Stopping after this step. Once more to stop at once.');
    process.off('SIGINT', stop);
  };
  process.on('SIGINT', stop);
  try {
    return await work(() => interrupted);
  } finally {
    process.off('SIGINT', stop);
    progress.end();
  }
}
