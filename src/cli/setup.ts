/** `nas setup`: native TensorFlow, after asking. */
import { createInterface } from 'node:readline/promises';
import { setUpOnTerminal } from '../backend/setup/headless';
import { UserError } from '../errors';
import type { ExitCode } from './options';

export async function setup(options: { readonly yes?: boolean }): Promise<ExitCode> {
  if (!options.yes && !(await confirmed())) return 0;
  try {
    const { rung } = await setUpOnTerminal();
    return rung === 'wasm' ? 1 : 0;
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return 130;
    throw error;
  }
}

async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UserError('Setting up native TensorFlow downloads about 270 MB.', 'Agree with --yes.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question('Download about 270 MB and set up native TensorFlow? [y/N] ');
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
