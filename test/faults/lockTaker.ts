/** A process that takes a lock when it is told to, and says whether it has it; it gives it free when it is told so. */
import { takeLock } from '../../src/runs/lock';
import { UserError } from '../../src/errors';

let release: (() => void) | undefined;
process.on('message', (path: string | null) => {
  if (path === null) {
    release?.();
    release = undefined;
    process.send!('free');
    return;
  }
  try {
    release = takeLock(path);
    process.send!('taken');
  } catch (error) {
    process.send!(error instanceof UserError && error.code === 'locked' ? 'locked' : String(error));
  }
});
process.send!('ready');
