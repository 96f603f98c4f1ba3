/** Outlives the stand-in: when its standard input ends, the stand-in is gone, and nothing of its run may stay. */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { endAll } from './processes.mjs';

const [id = '', folder = ''] = process.argv.slice(2);
/** @type {number[]} */
const roots = [];

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => {});
createInterface({ input: process.stdin })
  .on('line', (line) => roots.push(Number(line)))
  .on('close', async () => {
    await endAll({ id, roots });
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
