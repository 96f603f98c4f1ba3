/** **Set Up Native TensorFlow**: after consent, with progress and Cancel, into the editor's storage of this extension. */
import * as vscode from 'vscode';
import { nativeAvailability } from '../backend/choose';
import { wasmCost } from '../backend/names';
import { setUpNative as setUp, type SetupResult } from '../backend/setup';
import { UserError } from '../errors';
import { commands } from './ids';
import { editorNativeFolder } from './run/workerSetup';
import type { Services } from './services';

/** @throws UserError when another set-up is under way or the folder cannot be written */
export async function setUpNative(services: Services): Promise<void> {
  const folder = editorNativeFolder(services.context);
  const present = await nativeAvailability({ nativeFolder: folder });
  if (present.available) {
    void vscode.window.showInformationMessage(`${present.reason} Searches with the backend "auto" use it.`);
    return;
  }
  const agree = 'Download and Set Up';
  const detail = [
    'About 270 MB are downloaded from where their makers publish them (npm, PyPI, Google): the TensorFlow library and its Node.js binding, both under the Apache License 2.0.',
    `They go to ${folder}. Nothing else on this machine is changed; to undo it, delete that folder.`,
    `Without it searches use WebAssembly. ${wasmCost}`,
  ].join('\n\n');
  const question = 'Set up native TensorFlow?';
  if ((await vscode.window.showInformationMessage(question, { modal: true, detail }, agree)) !== agree)
    return;
  const result = await withProgress(services, folder);
  if (result) await tellResult(services, result);
}

/** @returns nothing when it was cancelled */
async function withProgress({ log }: Services, folder: string): Promise<SetupResult | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Native TensorFlow',
    cancellable: true,
  };
  const abort = new AbortController();
  return vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => abort.abort());
    let last = '';
    try {
      return await setUp({
        folder,
        signal: abort.signal,
        onProgress: ({ step, detail, fraction }) => {
          const share = fraction === undefined ? '' : ` ${Math.floor(100 * fraction)} %`;
          progress.report({ message: `${step}${share}` });
          if (step !== last) log.info(detail ? `Set-up: ${step} (${detail})` : `Set-up: ${step}`);
          last = step;
        },
      });
    } catch (error) {
      if (!(error instanceof UserError && error.code === 'cancelled')) throw error;
      log.info(error.message);
      void vscode.window.showInformationMessage([error.message, error.hint].filter(Boolean).join(' '));
      return undefined;
    }
  });
}

async function tellResult({ log, runs }: Services, result: SetupResult): Promise<void> {
  log.info(`Set-up: ${result.summary}`);
  if (result.rung === 'wasm') {
    result.failed.forEach(({ rung, problem }) => log.warn(`Set-up: ${rung}: ${problem}`));
    const show = 'Show Log';
    if ((await vscode.window.showWarningMessage(result.summary, show)) === show) log.show();
    return;
  }
  if (runs.current) {
    void vscode.window.showInformationMessage(`${result.summary} The next search uses it.`);
    return;
  }
  const run = 'Run NAS';
  const choice = await vscode.window.showInformationMessage(result.summary, run);
  if (choice === run) await vscode.commands.executeCommand(commands.run);
}
