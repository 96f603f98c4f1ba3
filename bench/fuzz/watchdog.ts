/**
 * The thread that looks after a fuzz: keeps the most memory that the process held, and ends it where a file keeps it busy without end,
 * which nothing else in it could do.
 */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { limits, type Watched } from './watched';

const { file, peak } = workerData as Watched;
let [last, since] = [-1, 0];

setInterval(() => {
  peak[0] = Math.max(peak[0]!, process.memoryUsage.rss());
  const now = Atomics.load(file, 0);
  if (now !== last) [last, since] = [now, performance.now()];
  if (now < 0 || performance.now() - since < limits.end) return;
  writeSync(2, `A file comes to no end: --reader and --first ${now} of what was written last.\n`);
  process.kill(process.pid, 'SIGKILL');
}, 10);
