/** `nas setup`: native TensorFlow, or Python for exports, after asking. */
import { createInterface } from 'node:readline/promises';
import { setUpOnTerminal } from '../backend/setup/headless';
import { UserError } from '../errors';
import { downloadMegabytes, setUpPython } from '../export/python/setUp';
import type { ExitCode } from './options';

export async function setup(options: {
  readonly yes?: boolean;
  readonly python?: boolean;
}): Promise<ExitCode> {
  const [what, megabytes] = options.python
    ? ['Keras and TensorFlow in Python', downloadMegabytes]
    : ['native TensorFlow', 270];
  if (!options.yes && !(await confirmed(what, megabytes))) return 0;
  try {
    if (options.python) {
      console.log(await setUpPython());
      return 0;
    }
    const { rung } = await setUpOnTerminal();
    return rung === 'wasm' ? 1 : 0;
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return 130;
    throw error;
  }
}

async function confirmed(what: string, megabytes: number): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UserError(`Setting up ${what} downloads about ${megabytes} MB.`, 'Agree with --yes.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`Download about ${megabytes} MB and set up ${what}? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
