/** Entry of `dist/setup.js`: the native set-up as a program of its own, for the scripts that prepare a fresh clone. */
import { parseArgs } from 'node:util';
import { describeError, UserError } from '../../errors';
import { setUpOnTerminal } from './headless';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'quiet-if-done': { type: 'boolean' },
      'allow-system-packages': { type: 'boolean' },
      'keep-downloads': { type: 'boolean' },
    },
  });
  const result = await setUpOnTerminal({
    quietIfDone: values['quiet-if-done'],
    allowSystemPackages: values['allow-system-packages'],
    keepDownloads: values['keep-downloads'],
  });
  const place = result.install ? `, ${result.install.folder}` : '';
  const outcome =
    result.rung === 'wasm'
      ? 'wasm (no native TensorFlow here; `nas setup` tries again and says why)'
      : `TensorFlow ${result.tensorflow}`;
  process.stdout.write(`Backend: ${outcome}${place}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = error instanceof UserError && error.code === 'cancelled' ? 130 : 1;
});
