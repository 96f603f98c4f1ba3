/** The native set-up on a terminal: what `nas setup` and the first `npm start` run. */
import { nativeAvailability } from '../choose';
import { nativeFolder } from '../folders';
import { setUpNative } from './index';
import { recentFailure, rememberOutcome } from './lastFailure';
import { progressPrinter } from './progressPrinter';
import type { SetupResult } from './types';

/** How the set-up is asked for on a command line. */
export interface HeadlessSetupOptions {
  /** Parent of the set-ups; default is in the user's cache folder. */
  folder?: string;
  /** Says nothing where nothing is to be done, and does not try again within a day of a failure. */
  quietIfDone?: boolean;
  allowSystemPackages?: boolean;
  keepDownloads?: boolean;
  /** Where lines go; default is standard output. */
  print?(text: string): void;
}

/**
 * Sets up native TensorFlow and prints what is going on. Ctrl-C cancels it cleanly.
 * @throws UserError as `setUpNative`
 */
export async function setUpOnTerminal(options: HeadlessSetupOptions = {}): Promise<SetupResult> {
  const {
    folder = nativeFolder(),
    quietIfDone = false,
    print = (text) => process.stdout.write(text),
  } = options;
  if (quietIfDone && !(await nativeAvailability({ nativeFolder: folder })).available) {
    const failure = await recentFailure(folder);
    if (failure) return failure;
  }
  const controller = new AbortController();
  const onInterrupt = () => controller.abort();
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  try {
    const onProgress = progressPrinter(print);
    const { allowSystemPackages, keepDownloads } = options;
    const result = await setUpNative({
      folder,
      onProgress,
      signal: controller.signal,
      allowSystemPackages,
      keepDownloads,
    });
    await rememberOutcome(folder, result);
    if (!(quietIfDone && result.already)) {
      print(`${result.summary}\n`);
      if (result.rung === 'wasm')
        for (const { rung, problem } of result.failed) print(`  ${rung}: ${problem}\n`);
    }
    return result;
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}
