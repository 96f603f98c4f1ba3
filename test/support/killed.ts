/** `nas` in a process that ends in the middle of what it does. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { builtCli } from './commandLine';

/**
 * Ends `nas` without a word as soon as it has told so many steps.
 * @param args of a run or its resume, whose `output.logEverySteps` is 1
 */
export async function killAfterSteps(args: readonly string[], steps: number): Promise<void> {
  const child = spawn(process.execPath, [builtCli, ...args, '--json', '--threads', '2']);
  let left = steps;
  createInterface({ input: child.stdout }).on('line', (event) => {
    if (event.includes('"type":"step"') && --left === 0) child.kill('SIGKILL');
  });
  const signal = await new Promise<NodeJS.Signals | null>((resolve) =>
    child.on('close', (_, ended) => resolve(ended)),
  );
  assert.equal(signal, 'SIGKILL');
}
